using Acp.Linux.Namespaces;

namespace Acp.Linux.Sockets;

/// <summary>
/// What configured remote neighbours need of the host's network: one UDP socket for IKE, one for IKE and ESP together
/// (RFC 7296 §2.23), each for IPv4 and IPv6 and all addresses. Opened only when there are such neighbours.
/// </summary>
public sealed class HostNetwork : IDisposable
{
    /// <param name="ns">Must outlive this object.</param>
    /// <exception cref="SocketSetupException">A port is taken, most likely by another IKE daemon.</exception>
    public HostNetwork(NetworkNamespace ns, ushort ikePort, ushort natTraversalPort)
    {
        Namespace = ns;
        NatTraversalPort = natTraversalPort;
        IkePort = ikePort;
        Ike = Ipv6DatagramSocket.OpenUdpDualStack(ns, ikePort, "IKE over the host's network");
        try
        {
            NatTraversal = Ipv6DatagramSocket.OpenUdpDualStack(ns, natTraversalPort, "IKE and ESP over the host's network");
        }
        catch
        {
            Ike.Dispose();
            throw;
        }
    }

    public NetworkNamespace Namespace { get; }

    public ushort IkePort { get; }

    public ushort NatTraversalPort { get; }

    public Ipv6DatagramSocket Ike { get; }

    /// <summary>Read by the data plane, which hands on what is IKE.</summary>
    public Ipv6DatagramSocket NatTraversal { get; }

    public void Dispose()
    {
        Ike.Dispose();
        NatTraversal.Dispose();
    }
}
