namespace Acp.Core;

/// <summary>
/// How much one child SA may carry (RFC 4301 §4.4.2.1), each direction by itself: at a soft limit its data plane asks for a
/// successor, at a hard one it carries nothing more. <see cref="ulong.MaxValue"/> for no limit. What its sequence numbers allow
/// (E-10) is a limit besides.
/// </summary>
/// <param name="SoftOctets">Of inner packets, as <paramref name="HardOctets"/>.</param>
public sealed record ChildSaLimits(ulong SoftPackets, ulong HardPackets, ulong SoftOctets, ulong HardOctets)
{
    public static readonly ChildSaLimits None = new(ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue);

    /// <summary>So much is worth a successor.</summary>
    public bool AreNear(ulong packets, ulong octets) => packets >= SoftPackets || octets >= SoftOctets;

    /// <summary>So much is all there may be.</summary>
    public bool AreReached(ulong packets, ulong octets) => packets >= HardPackets || octets >= HardOctets;
}
