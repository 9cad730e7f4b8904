using Acp.Core.Dull;
using Acp.Core.Time;

namespace Acp.Core.Node;

/// <summary>A link that is up, with its own DULL instance (B-01); the host's network has none.</summary>
internal sealed class LinkState(NodeLink link, DullMachine? dull) : DeadlineItem
{
    public NodeLink Link => link;

    public DullMachine? Dull => dull;

    /// <summary>Its DULL instance was told something: what that led to is still in its outboxes, and its deadline may be another.</summary>
    public bool IsTouched { get; set; }
}
