namespace Acp.Core.Node;

/// <summary>The operator's say in link selection. Patterns are names with <c>*</c> and <c>?</c>: <c>eth*</c>.</summary>
public sealed record LinkSelectionOptions
{
    /// <summary>Interfaces to use although they are not native (VLANs, Ethernet tunnels). Empty by default.</summary>
    public IReadOnlyList<string> Include { get; init; } = [];

    /// <summary>Interfaces to leave alone; wins over <see cref="Include"/>. Empty by default.</summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];
}
