using Acp.Core.Dull;

namespace Acp.Core.Node;

/// <summary>A link that is up, with its own DULL instance (B-01); the host's network has none.</summary>
internal sealed record LinkState(NodeLink Link, DullMachine? Dull);
