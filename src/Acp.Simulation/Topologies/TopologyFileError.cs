namespace Acp.Simulation.Topologies;

/// <summary>Why a file of edges is not one. Lines are counted from 1.</summary>
public sealed record TopologyFileError(string File, int Line, string Reason)
{
    public override string ToString() => $"{File}, line {Line}: {Reason}";
}
