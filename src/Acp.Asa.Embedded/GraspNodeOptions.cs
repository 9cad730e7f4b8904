using Acp.Core.Grasp;
using Acp.Linux.Grasp;
using Acp.Linux.Namespaces;

namespace Acp.Asa.Embedded;

/// <summary>Settings of a <see cref="GraspNode"/>; the defaults use every interface of the caller's network namespace.</summary>
public sealed record GraspNodeOptions
{
    /// <summary>Interfaces and port.</summary>
    public StandaloneOptions Network { get; init; } = new();

    /// <summary>Rapid modes, limits, timers. Its kind is Standalone whatever is said here. The default gets on with graspy.</summary>
    public GraspOptions Engine { get; init; } = GraspOptions.ForStandalone;

    /// <summary>The network namespace to live in, which must outlive the node; null for that of the thread that starts it.</summary>
    public NetworkNamespace? Namespace { get; init; }
}
