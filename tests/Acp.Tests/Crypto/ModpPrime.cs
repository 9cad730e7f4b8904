using System.Numerics;
using Acp.Wire.Ikev2;

namespace Acp.Tests.Crypto;

/// <summary>The primes of RFC 3526 §3 to §5, from the formula printed there: 2^n − 2^(n−64) − 1 + 2^64·(⌊2^(n−130)·π⌋ + c).</summary>
internal static class ModpPrime
{
    internal static BigInteger Of(DhGroup group)
    {
        var (n, c) = group switch
        {
            DhGroup.Modp2048 => (2048, 124476),
            DhGroup.Modp3072 => (3072, 1690314),
            _ => (4096, 240904),
        };
        return (BigInteger.One << n) - (BigInteger.One << (n - 64)) - 1 + (BigInteger.One << 64) * (Pi(n - 130) + c);
    }

    /// <summary>⌊2^bits·π⌋ by Machin's formula.</summary>
    private static BigInteger Pi(int bits)
    {
        const int guard = 64;
        var one = BigInteger.One << (bits + guard);
        return 4 * (4 * ArcTangentOfInverse(5, one) - ArcTangentOfInverse(239, one)) >> guard;
    }

    private static BigInteger ArcTangentOfInverse(int x, BigInteger one)
    {
        var power = one / x;
        var sum = power;
        for (var k = 3; !power.IsZero; k += 2)
        {
            power /= x * x;
            sum += k % 4 == 3 ? -(power / k) : power / k;
        }

        return sum;
    }
}
