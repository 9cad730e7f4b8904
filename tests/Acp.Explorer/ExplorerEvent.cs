using Acp.Core.Ikev2;

namespace Acp.Explorer;

/// <summary>Something that will happen to a node.</summary>
/// <param name="Life">The node's generation for which it is meant; −1 for any.</param>
internal readonly record struct ExplorerEvent(
    ExplorerEventKind Kind,
    int Node,
    int Life,
    int Number = 0,
    ReadOnlyMemory<byte> Datagram = default,
    Ikev2Action? Question = null,
    Operation Operation = default,
    uint Spi = 0);
