using Acp.Linux.Namespaces;

namespace Acp.Daemon.Bench;

/// <summary>A tunnel that is up between the two boxes.</summary>
internal interface ITunnel : IDisposable
{
    string Name { get; }

    IReadOnlyList<TunnelProcess> Processes { get; }

    /// <summary>Where a box's programs see the tunnel.</summary>
    NetworkNamespace UserNamespace(EspBenchSide side);
}
