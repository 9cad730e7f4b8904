namespace Acp.Daemon.Bench;

/// <summary>What <c>bench grasp</c> measures.</summary>
/// <param name="AtOnce">Calls under way at any time.</param>
/// <param name="Share">Of the calls in one batch that were asked for.</param>
internal sealed record GraspBenchKind(string Call, int AtOnce, double Share)
{
    public int Calls(int count) => (int)Math.Ceiling(count * Share);
}
