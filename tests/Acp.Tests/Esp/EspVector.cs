using System.Globalization;
using Acp.Core;

namespace Acp.Tests.Esp;

/// <summary>One line of vectors.txt, made by scapy (make-vectors.py); IV = 64-bit sequence number.</summary>
public sealed record EspVector(EspAlgorithm Algorithm, bool Esn, uint Spi, ulong Sequence, string Key, byte[] Inner, byte[] Packet)
{
    public static IReadOnlyList<EspVector> All { get; } = Load();

    public SecretBytes NewKey() => new(Convert.FromHexString(Key));

    public override string ToString() => $"{Algorithm} esn={Esn} seq={Sequence} inner={Inner.Length}";

    private static List<EspVector> Load()
    {
        using var stream = typeof(EspVector).Assembly.GetManifestResourceStream("Esp.vectors.txt")!;
        using var reader = new StreamReader(stream);
        var all = new List<EspVector>();
        while (reader.ReadLine() is { } line)
        {
            var f = line.Split(' ');
            all.Add(new EspVector(
                Enum.Parse<EspAlgorithm>(f[0]),
                f[1] == "1",
                uint.Parse(f[2], NumberStyles.HexNumber, CultureInfo.InvariantCulture),
                ulong.Parse(f[3], CultureInfo.InvariantCulture),
                f[4],
                Convert.FromHexString(f[5]),
                Convert.FromHexString(f[6])));
        }

        return all;
    }
}
