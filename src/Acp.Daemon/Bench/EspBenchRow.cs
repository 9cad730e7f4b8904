namespace Acp.Daemon.Bench;

/// <summary>One measurement: one kind of traffic through one tunnel.</summary>
/// <param name="Peer">"acpd" or "wireguard-go".</param>
/// <param name="Traffic">"tcp", "udp-64", "udp-1352", or those with "-paced".</param>
/// <param name="GbitPerSecond">Payload received.</param>
/// <param name="PacketsPerSecond">UDP datagrams received; 0 for TCP.</param>
/// <param name="LossPercent">UDP datagrams sent and not received.</param>
/// <param name="Cores">CPU seconds per second of both tunnel processes together.</param>
/// <param name="CpuSecondsPerGbit">The same per Gbit received.</param>
/// <param name="CpuMicrosecondsPerPacket">The same per datagram received; 0 for TCP.</param>
/// <param name="RssMegabytes">Resident memory of one tunnel process (the larger).</param>
public sealed record EspBenchRow(
    string Peer,
    string Traffic,
    double GbitPerSecond,
    double PacketsPerSecond,
    double LossPercent,
    double Cores,
    double CpuSecondsPerGbit,
    double CpuMicrosecondsPerPacket,
    double RssMegabytes);
