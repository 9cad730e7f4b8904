using System.Security.Cryptography;
using Acp.Linux.Namespaces;

namespace Acp.Daemon.Bench;

/// <summary>Two acpd processes with one child SA between them, keys from the system's generator.</summary>
internal sealed class AcpdTunnel : ITunnel
{
    private const uint SpiToA = 0x10000a;
    private const uint SpiToB = 0x10000b;

    private readonly List<TunnelProcess> _processes = [];

    public AcpdTunnel(EspBenchSide a, EspBenchSide b, int mtu)
    {
        try
        {
            var toA = RandomNumberGenerator.GetBytes(36);
            var toB = RandomNumberGenerator.GetBytes(36);
            StartEnd(a, b, mtu, SpiToA, SpiToB, toA, toB);
            StartEnd(b, a, mtu, SpiToB, SpiToA, toB, toA);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public string Name => "acpd";

    public IReadOnlyList<TunnelProcess> Processes => _processes;

    public NetworkNamespace UserNamespace(EspBenchSide side) => side.Inside;

    public void Dispose()
    {
        foreach (var process in _processes)
            process.Dispose();
    }

    private void StartEnd(EspBenchSide side, EspBenchSide other, int mtu, uint inboundSpi, uint outboundSpi, byte[] inboundKey, byte[] outboundKey)
    {
        var child = new AcpdChild(side.Outside, EspBenchEnd.Command, EspBenchEnd.Setup(
            side.OutsideName, side.InsideName, side.Link, mtu, side.LinkLocal, other.LinkLocal, side.LinkLocal, inboundSpi, outboundSpi, inboundKey, outboundKey));
        _processes.Add(child.Process);
        side.InsideRoute.PutAddress((int)child.Setup[0], side.Inner, 64);
    }
}
