using System.Security.Cryptography;
using Acp.Core.Ikev2.Crypto;
using Acp.Wire.Ikev2;

namespace Acp.Core.Ikev2;

/// <summary>
/// prf+ (RFC 7296 §2.13).
/// <code>
/// prf+ (K,S) = T1 | T2 | T3 | T4 | ...
///
/// T1 = prf (K, S | 0x01)
/// T2 = prf (K, T1 | S | 0x02)
/// T3 = prf (K, T2 | S | 0x03)
/// </code>
/// </summary>
public static class PrfPlus
{
    /// <summary>Fills <paramref name="output"/>, at most 255 times the PRF's length.</summary>
    public static void Fill(IIkeCrypto crypto, PrfAlgorithm prf, int prfLength, ReadOnlySpan<byte> key, ReadOnlySpan<byte> seed,
        Span<byte> output)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(output.Length, 255 * prfLength);
        var input = new byte[prfLength + seed.Length + 1];
        var block = new byte[prfLength];
        seed.CopyTo(input.AsSpan(prfLength));
        for (byte i = 1; output.Length > 0; i++)
        {
            input[^1] = i;
            crypto.Prf(prf, key, i == 1 ? input.AsSpan(prfLength) : input, block);
            block.CopyTo(input.AsSpan());
            var count = Math.Min(prfLength, output.Length);
            block.AsSpan(0, count).CopyTo(output);
            output = output[count..];
        }

        CryptographicOperations.ZeroMemory(input);
        CryptographicOperations.ZeroMemory(block);
    }
}
