using System.Globalization;
using Acp.Core;
using Acp.Core.Esp;
using Acp.Linux.DataPlane;
using Acp.Linux.Namespaces;
using Acp.Wire;

namespace Acp.Daemon.Bench;

/// <summary>
/// One end of the benchmark's tunnel: a child process with a <see cref="UserspaceDataPlane"/> in it and nothing else.
/// It is told everything by one line on its standard input, answers with the interface index, and ends when
/// the input does.
/// </summary>
internal static class EspBenchEnd
{
    /// <summary>The hidden subcommand's name.</summary>
    public const string Command = "esp-end";

    /// <summary>What the parent writes: namespaces, link, addresses, and the two keys as hex.</summary>
    public static string Setup(
        string abutment, string acp, int link, int mtu, Ipv6Address local, Ipv6Address remote, Ipv6Address inner, uint inboundSpi, uint outboundSpi, byte[] inboundKey, byte[] outboundKey) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{abutment} {acp} {link} {mtu} {local} {remote} {inner} {inboundSpi} {outboundSpi} {Convert.ToHexString(inboundKey)} {Convert.ToHexString(outboundKey)}");

    public static int Run()
    {
        var line = Console.In.ReadLine()?.Split(' ');
        if (line is not { Length: 11 })
            return ExitCode.Usage;
        int Number(int i) => int.Parse(line[i], CultureInfo.InvariantCulture);
        using var abutment = NetworkNamespace.CreateOrAdopt(line[0]);
        using var acp = NetworkNamespace.CreateOrAdopt(line[1]);
        var channel = new ChannelId(1);
        var link = new LinkId(Number(2));
        var local = Ipv6Address.Parse(line[4]);
        var remote = Ipv6Address.Parse(line[5]);
        using var plane = new UserspaceDataPlane(abutment, acp, new NoNews());
        var index = plane.OpenChannel(new ChannelSpec(
            channel, link, local, remote, "acp_bench", EspOverhead.ChannelMtu(Number(3)), Ipv6Address.Parse(line[6])));
        plane.InstallChildSa(new ChildSaParameters(
            channel,
            link,
            local,
            remote,
            uint.Parse(line[7], CultureInfo.InvariantCulture),
            uint.Parse(line[8], CultureInfo.InvariantCulture),
            EspAlgorithm.AesGcm256,
            ExtendedSequenceNumbers: true,
            new SecretBytes(Convert.FromHexString(line[9])),
            new SecretBytes(Convert.FromHexString(line[10]))));
        AcpdChild.Answer(index);
        while (Console.In.ReadLine() is not null)
        {
        }

        return ExitCode.Ok;
    }

    private sealed class NoNews : IDataPlaneNews
    {
        public void LifetimeNear(ChannelId channel, uint inboundSpi)
        {
        }

        public void LifetimeOver(ChannelId channel, uint inboundSpi)
        {
        }

        public void UnknownSpi(LinkId link, Ipv6Address source, uint spi)
        {
        }

        public void ChannelBroken(ChannelId channel, string reason) => Console.Error.WriteLine(reason);
    }
}
