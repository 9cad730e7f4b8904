using System.Net;
using System.Net.Sockets;
using Acp.Core;
using Acp.Core.Esp;
using Acp.Wire;

namespace Acp.Lab;

/// <summary>One channel between the two boxes, open at both ends.</summary>
public sealed class DataPlaneChannel
{
    private readonly DataPlaneLab _lab;
    private readonly LinkId _linkA;
    private readonly LinkId _linkB;

    public DataPlaneChannel(DataPlaneLab lab, int number, LinkId linkA, LinkId linkB, int linkMtu)
    {
        _lab = lab;
        _linkA = linkA;
        _linkB = linkB;
        Id = new ChannelId(number);
        Mtu = EspOverhead.ChannelMtu(linkMtu);
        Name = $"acp_{number}";
        IndexA = lab.A.Plane.OpenChannel(new ChannelSpec(Id, linkA, DataPlaneLab.UnderlayA, DataPlaneLab.UnderlayB, Name, Mtu, DataPlaneLab.InnerA));
        IndexB = lab.B.Plane.OpenChannel(new ChannelSpec(Id, linkB, DataPlaneLab.UnderlayB, DataPlaneLab.UnderlayA, Name, Mtu, DataPlaneLab.InnerB));
        DataPlaneLab.AwaitAddress(lab.A.AcpRoute, IndexA, DataPlaneLab.InnerA);
        DataPlaneLab.AwaitAddress(lab.B.AcpRoute, IndexB, DataPlaneLab.InnerB);
    }

    public ChannelId Id { get; }

    public int Mtu { get; }

    public string Name { get; }

    public int IndexA { get; }

    public int IndexB { get; }

    public LinkId LinkA => _linkA;

    public LinkId LinkB => _linkB;

    /// <summary>Keys of one child SA: those of the packets a sends, then those of the packets b sends.</summary>
    public static (byte[] AToB, byte[] BToA) Keys(uint seed)
    {
        var random = new SeededRandom(seed);
        return (random.Bytes(36), random.Bytes(36));
    }

    /// <summary>Installs child SA number <paramref name="n"/> at b, the responder, and then at a.</summary>
    public void Install(uint n, EspAlgorithm algorithm = EspAlgorithm.AesGcm256, bool esn = true)
    {
        InstallAtB(n, algorithm, esn);
        InstallAtA(n, algorithm, esn);
    }

    public void InstallAtA(uint n, EspAlgorithm algorithm = EspAlgorithm.AesGcm256, bool esn = true, ChildSaLimits? limits = null)
    {
        var (toB, toA) = Keys(n);
        _lab.A.Plane.InstallChildSa(new ChildSaParameters(
            Id, _linkA, DataPlaneLab.UnderlayA, DataPlaneLab.UnderlayB, SpiOfA(n), SpiOfB(n), algorithm, esn, new SecretBytes(toA), new SecretBytes(toB))
        {
            Limits = limits ?? ChildSaLimits.None,
        });
    }

    public void InstallAtB(uint n, EspAlgorithm algorithm = EspAlgorithm.AesGcm256, bool esn = true, bool sendAtOnce = true)
    {
        var (toB, toA) = Keys(n);
        _lab.B.Plane.InstallChildSa(new ChildSaParameters(
            Id, _linkB, DataPlaneLab.UnderlayB, DataPlaneLab.UnderlayA, SpiOfB(n), SpiOfA(n), algorithm, esn, new SecretBytes(toB), new SecretBytes(toA)), sendAtOnce);
    }

    public void Remove(uint n)
    {
        _lab.A.Plane.RemoveChildSa(Id, SpiOfA(n));
        _lab.B.Plane.RemoveChildSa(Id, SpiOfB(n));
    }

    /// <summary>The SPI of what a receives under child SA number <paramref name="n"/>.</summary>
    public static uint SpiOfA(uint n) => 0xa0000100 + n;

    /// <inheritdoc cref="SpiOfA"/>
    public static uint SpiOfB(uint n) => 0xb0000100 + n;

    public Socket UdpAtA(int port = 7000) =>
        _lab.NewSocket(_lab.A.Acp, SocketType.Dgram, ProtocolType.Udp, DataPlaneLab.InnerA, IndexA, port);

    public Socket UdpAtB(int port = 7000) =>
        _lab.NewSocket(_lab.B.Acp, SocketType.Dgram, ProtocolType.Udp, DataPlaneLab.InnerB, IndexB, port);

    public IPEndPoint EndPointA(int port = 7000) => new(DataPlaneLab.InnerA.ToIPAddress(IndexA), port);

    public IPEndPoint EndPointB(int port = 7000) => new(DataPlaneLab.InnerB.ToIPAddress(IndexB), port);

    /// <summary>B's end as seen from a.</summary>
    public IPEndPoint FromAToB(int port = 7000) => new(DataPlaneLab.InnerB.ToIPAddress(IndexA), port);

    /// <summary>A's end as seen from b.</summary>
    public IPEndPoint FromBToA(int port = 7000) => new(DataPlaneLab.InnerA.ToIPAddress(IndexB), port);
}
