using System.Globalization;
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
        // A framework-dependent build runs inside "dotnet", which then needs to be told the assembly.
        var program = Environment.ProcessPath!;
        string[] arguments = ["bench", EspBenchEnd.Command];
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
            arguments = [Path.Combine(AppContext.BaseDirectory, "acpd.dll"), .. arguments];
        var process = TunnelProcess.Start(side.Outside, program, arguments);
        _processes.Add(process);
        process.Input.WriteLine(EspBenchEnd.Setup(
            side.OutsideName, side.InsideName, side.Link, mtu, side.LinkLocal, other.LinkLocal, side.LinkLocal, inboundSpi, outboundSpi, inboundKey, outboundKey));
        process.Input.Flush();
        var answer = process.Output.ReadLine();
        if (answer is null || !answer.StartsWith("ready ", StringComparison.Ordinal))
            throw new BenchException("an acpd child process did not get its data plane up; its message is above");
        var index = int.Parse(answer.AsSpan(6), CultureInfo.InvariantCulture);
        side.InsideRoute.PutAddress(index, side.Inner, 64);
    }
}
