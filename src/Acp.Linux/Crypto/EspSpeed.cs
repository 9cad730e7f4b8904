using System.Diagnostics;
using Acp.Core;
using Acp.Core.Esp;

namespace Acp.Linux.Crypto;

/// <summary>
/// Which ESP algorithm this machine is faster at (RFC 8994 §6.8.3.1.1; E-05, E-07). What decides is whether the processor has AES
/// instructions, and then the factor between the two is large, so that a millisecond of measuring tells.
/// </summary>
public static class EspSpeed
{
    /// <summary>Octets of inner packet: a full one on Ethernet.</summary>
    private const int PacketLength = 1400;
    private const int Rounds = 3;
    private const int PacketsPerRound = 24;

    /// <summary>The algorithm that everybody has stays first unless the other is clearly faster: noise must not change the order.</summary>
    private const double ClearlyFaster = 0.8;

    /// <summary>Both, the one to prefer first.</summary>
    public static IReadOnlyList<EspAlgorithm> Order() =>
        OrderBy(Measure(EspAlgorithm.AesGcm256), Measure(EspAlgorithm.ChaCha20Poly1305));

    /// <summary>From the time that each takes for the same work.</summary>
    internal static IReadOnlyList<EspAlgorithm> OrderBy(TimeSpan aesGcm, TimeSpan chaCha) => chaCha < aesGcm * ClearlyFaster
        ? [EspAlgorithm.ChaCha20Poly1305, EspAlgorithm.AesGcm256]
        : [EspAlgorithm.AesGcm256, EspAlgorithm.ChaCha20Poly1305];

    /// <summary>The best of a few rounds: what an undisturbed one takes.</summary>
    internal static TimeSpan Measure(EspAlgorithm algorithm)
    {
        using var key = new SecretBytes(EspKeyLength);
        OsRandom.Shared.Fill(key.Span);
        using var sa = new EspOutboundSa(256, algorithm, extendedSequenceNumbers: true, key);
        var room = new byte[EspOutboundSa.HeadRoom + PacketLength + EspOutboundSa.TailRoom];
        var best = TimeSpan.MaxValue;
        for (var round = 0; round <= Rounds; round++)
        {
            var began = Stopwatch.GetTimestamp();
            for (var i = 0; i < PacketsPerRound; i++)
                sa.TrySeal(room, PacketLength, out _, out _);
            var took = Stopwatch.GetElapsedTime(began);
            // The first round warms up.
            if (round > 0 && took < best)
                best = took;
        }

        return best;
    }

    private const int EspKeyLength = 36;
}
