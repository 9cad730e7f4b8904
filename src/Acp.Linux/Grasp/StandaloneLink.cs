using Acp.Core.Grasp;
using Acp.Linux.Namespaces;
using Acp.Linux.Sockets;
using Acp.Wire;
using Acp.Wire.Grasp;

namespace Acp.Linux.Grasp;

/// <summary>
/// One interface of a <see cref="StandaloneSubstrate"/>: a socket that hears ALL_GRASP_NEIGHBORS on port 7017, shared with
/// whoever else on this host does, and one that speaks, from the port where our listener is.
/// </summary>
internal sealed class StandaloneLink : IDisposable
{
    // Some 10,000 short floods, of which each takes the kernel twice as much as here: a fifth of a second of them, at the most that we take.
    private const int ReceiveBuffer = 4 << 20;

    public StandaloneLink(NetworkNamespace where, string name, int index, Ipv6Address linkLocal, ushort port)
    {
        Name = name;
        Interface = new GraspInterface(new GraspInterfaceId(index), GraspInterfaceKind.Multicast, linkLocal);
        Ear = Ipv6DatagramSocket.OpenUdp(where, name, index, Ipv6Address.Unspecified, GraspConstants.GRASP_LISTEN_PORT, $"GRASP on {name}");
        try
        {
            Ear.EnlargeReceiveBuffer(ReceiveBuffer);
            Ear.LeaveOut(linkLocal, port);
            Ear.Join(GraspConstants.ALL_GRASP_NEIGHBORS, index);
            Mouth = Ipv6DatagramSocket.OpenUdp(where, name, index, linkLocal, port, $"GRASP on {name}");
            Mouth.LetThisHostHear();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public string Name { get; }

    public GraspInterface Interface { get; }

    public Ipv6DatagramSocket Ear { get; }

    public Ipv6DatagramSocket? Mouth { get; }

    public void Send(ReadOnlySpan<byte> message) => Mouth?.TrySend(
        message, Interface.LinkLocal, GraspConstants.ALL_GRASP_NEIGHBORS, GraspConstants.GRASP_LISTEN_PORT, Interface.Id.Value);

    public void Dispose()
    {
        Ear.Dispose();
        Mouth?.Dispose();
    }
}
