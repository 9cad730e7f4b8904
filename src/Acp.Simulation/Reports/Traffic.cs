namespace Acp.Simulation.Reports;

/// <param name="Messages">Packets that were sent, lost ones included.</param>
/// <param name="Octets">Their IPv6 packets on the link, headers and ESP included.</param>
public readonly record struct Traffic(long Messages, long Octets)
{
    public static Traffic operator +(Traffic left, Traffic right) => new(left.Messages + right.Messages, left.Octets + right.Octets);

    public static Traffic operator -(Traffic left, Traffic right) => new(left.Messages - right.Messages, left.Octets - right.Octets);
}
