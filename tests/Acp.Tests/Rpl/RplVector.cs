using System.Globalization;
using Acp.Wire;

namespace Acp.Tests.Rpl;

/// <summary>One captured packet of Vectors/rpl-packets.txt.</summary>
public sealed record RplVector(
    string Name, Ipv6Address Source, Ipv6Address Destination, int HopLimit, byte[] Icmpv6)
{
    public static IReadOnlyList<RplVector> All { get; } =
    [
        .. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Vectors", "rpl-packets.txt"))
            .Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => line.Split('\t'))
            .Select(f => new RplVector(
                f[0],
                Ipv6Address.Parse(f[1]),
                Ipv6Address.Parse(f[2]),
                int.Parse(f[3], CultureInfo.InvariantCulture),
                Convert.FromHexString(f[4]))),
    ];

    public static RplVector Named(string name) => All.Single(v => v.Name == name);

    public override string ToString() => Name;
}
