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
    /// Installs both directions. Every inbound SA receives until removed (make-before-break, RFC 7296 §2.8.1).
    /// Takes over the keys and disposes them when the SA goes.
    /// </summary>
    /// <param name="sendAtOnce">
    /// The channel sends on this one from now on. Otherwise it goes on sending on what it has until
    /// <see cref="SwitchOutbound"/>, for the peer may not have its half yet. The only one of a channel sends anyway.
    /// </param>
    void InstallChildSa(ChildSaParameters childSa, bool sendAtOnce = true);

    /// <summary>The channel sends on this child SA from now on. Unknown ones are ignored.</summary>
    void SwitchOutbound(ChannelId channel, uint inboundSpi);

    /// <summary>ESP in UDP of this channel goes to another port from now on. Unknown channels, and native ESP, are left alone.</summary>
    void MoveChannel(ChannelId channel, UdpEncapsulation encapsulation);

    /// <summary>Removes both directions of one child SA. Unknown ones are ignored.</summary>
    void RemoveChildSa(ChannelId channel, uint inboundSpi);

    /// <summary>Removes the channel's interface and whatever SAs it still has. Unknown ones are ignored.</summary>
    void CloseChannel(ChannelId channel);

    /// <summary>
    /// The link may have gone down and come back with its channels still open: put back what the system drops then.
    /// Nothing for a link without channels.
    /// </summary>
    void RestoreLink(LinkId link);

    /// <summary>Zeros for an unknown channel.</summary>
    ChannelCounters ReadCounters(ChannelId channel);
}
