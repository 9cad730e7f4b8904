using Acp.Core;

namespace Acp.Linux.DataPlane;

/// <summary>
/// One way to carry child SAs: kernel xfrm or user-space ESP over TUN. Both obey the same calls, made by the loop
/// thread, and pass the same tests. Failures of the system throw <see cref="DataPlaneException"/> with a reason for people.
/// </summary>
public interface IDataPlane : IDisposable
{
    DataPlaneKind Kind { get; }

    /// <summary>
    /// Makes the channel's interface in the acp namespace, with its MTU and link-local address, up and with IPv6
    /// forwarding and without router advertisements. Nothing passes until a child SA is installed.
    /// </summary>
    /// <returns>The interface index in the acp namespace.</returns>
    int OpenChannel(ChannelSpec channel);

    /// <summary>
    /// Installs both directions. The newest outbound SA of a channel sends; every inbound SA receives until removed
    /// (make-before-break, RFC 7296 §2.8.1). Takes over the keys and disposes them when the SA goes.
    /// </summary>
    void InstallChildSa(ChildSaParameters childSa);

    /// <summary>Removes both directions of one child SA. Unknown ones are ignored.</summary>
    void RemoveChildSa(ChannelId channel, uint inboundSpi);

    /// <summary>Removes the channel's interface and whatever SAs it still has. Unknown ones are ignored.</summary>
    void CloseChannel(ChannelId channel);

    /// <summary>Zeros for an unknown channel.</summary>
    ChannelCounters ReadCounters(ChannelId channel);
}
