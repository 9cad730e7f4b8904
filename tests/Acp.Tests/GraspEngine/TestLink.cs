using Acp.Core.Grasp;

namespace Acp.Tests.GraspEngineRoom;

/// <summary>A link, with the interface each node has on it.</summary>
internal sealed class TestLink(GraspInterfaceKind kind)
{
    public GraspInterfaceKind Kind { get; } = kind;

    public Dictionary<TestNode, GraspInterfaceId> Members { get; } = [];

    /// <summary>Messages carried, each once for every receiver.</summary>
    public int Carried { get; set; }
}
