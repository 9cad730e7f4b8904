namespace Acp.Simulation;

/// <summary>What a virtual link does to what is sent over it. The default is a good wire: 1 ms, 1 Gbit/s, nothing lost.</summary>
public sealed record LinkQuality
{
    /// <summary>From the sender to the receiver, when nothing queues.</summary>
    public TimeSpan Latency { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>Added to the latency, evenly between nothing and this; packets may then pass each other.</summary>
    public TimeSpan Jitter { get; init; }

    /// <summary>Part of the packets that vanish, 0 to 1.</summary>
    public double Loss { get; init; }

    /// <summary>Part of the packets that come twice, 0 to 1.</summary>
    public double Duplication { get; init; }

    /// <summary>Part of the packets that are held back until others have passed them, 0 to 1.</summary>
    public double Reordering { get; init; }

    /// <summary>Bits per second: packets queue behind each other, and RPL's rank factor follows from it (RFC 8994 §6.12.1.6).</summary>
    public long BitsPerSecond { get; init; } = 1_000_000_000;

    /// <summary>Octets of the largest IPv6 packet; larger ones are lost and counted.</summary>
    public int Mtu { get; init; } = 1500;
}
