namespace Acp.Simulation.Reports;

/// <summary>One link at the end of a run.</summary>
/// <param name="Number">Its place in the topology's list of edges.</param>
/// <param name="IsUp">As both ends see it.</param>
/// <param name="IsSilent">Seen as up, and carries nothing.</param>
/// <param name="InTree">One end is the other's preferred parent through it.</param>
/// <param name="Sent">By both ends, since power-on.</param>
/// <param name="Lost">Packets that were sent and not delivered, for whatever reason.</param>
public sealed record LinkReport(
    int Number, int A, int B, bool IsUp, bool IsSilent, ChannelState Channel, bool InTree, TrafficReport Sent, long Lost);
