namespace Acp.Simulation.Reports;

/// <summary>What was sent, by protocol.</summary>
public sealed record TrafficReport(Traffic Dull, Traffic Ike, Traffic Rpl, Traffic Grasp)
{
    public static readonly TrafficReport None = new(default, default, default, default);

    public Traffic All => Dull + Ike + Rpl + Grasp;

    public static TrafficReport operator +(TrafficReport left, TrafficReport right) =>
        new(left.Dull + right.Dull, left.Ike + right.Ike, left.Rpl + right.Rpl, left.Grasp + right.Grasp);
}
