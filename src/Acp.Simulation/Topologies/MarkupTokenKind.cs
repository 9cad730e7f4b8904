namespace Acp.Simulation.Topologies;

internal enum MarkupTokenKind
{
    End,
    Open,
    Close,
    Text,

    /// <summary>It is not XML, or XML of a kind that we do not read.</summary>
    Wrong,
}
