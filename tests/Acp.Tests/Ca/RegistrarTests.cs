using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using Acp.Core;
using Acp.Core.Identity;
using Acp.Daemon.Ca;
using Acp.Wire;

namespace Acp.Tests.Ca;

/// <summary>F-27 … F-30, F-33: addresses are given out once.</summary>
public sealed class RegistrarTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void F28_the_lower_46_bits_of_a_mac()
    {
        Assert.Equal(0x3fff_ffff_ffffUL, Registrar.IdOfMac([0xff, 0xff, 0xff, 0xff, 0xff, 0xff]));
        Assert.Equal(0x0200_0000_6400UL, Registrar.IdOfMac([0xc2, 0x00, 0x00, 0x00, 0x64, 0x00]));
        Assert.Throws<ArgumentException>(() => Registrar.IdOfMac([1, 2, 3]));
        var random = new SeededRandom(28);
        var ids = Enumerable.Range(0, 200).Select(_ => Registrar.RandomId(random)).ToList();
        Assert.All(ids, id => Assert.InRange(id, 1UL, AcpAddress.MaxRegistrarId));
        Assert.Equal(ids.Count, ids.Distinct().Count());
    }

    [Fact]
    public void F27_two_registrars_and_a_thousand_addresses_each()
    {
        var random = new SeededRandom(27);
        var prefixes = new List<Ipv6Prefix>();
        foreach (var name in new[] { "a", "b" })
        {
            var registrar = Create(name, Registrar.RandomId(random));
            for (var i = 0; i < 1000; i++)
            {
                var scheme = (AcpAddressScheme)(i % 10 == 0 ? (int)AcpAddressScheme.Vlong8 : i % 10 == 1 ? (int)AcpAddressScheme.Vlong16 : (int)AcpAddressScheme.Zone);
                prefixes.Add(registrar.Allocate(scheme, i % 3 == 0 ? "r" : "").Prefix);
            }
        }

        Assert.Equal(2000, prefixes.Distinct().Count());
        var sorted = prefixes.OrderBy(p => p.Address).ToList();
        for (var i = 1; i < sorted.Count; i++)
            Assert.False(sorted[i - 1].Contains(sorted[i]) || sorted[i].Contains(sorted[i - 1]));
    }

    [Fact]
    public void F29_F10_zone_0_by_default_and_each_scheme_counts_by_itself()
    {
        var registrar = Create("a", 0x20000006400);
        Assert.Equal((0, 0), (registrar.Allocate(AcpAddressScheme.Zone, "").NodeNumber, registrar.Allocate(AcpAddressScheme.Vlong8, "").NodeNumber));
        Assert.Equal((1, 0), (registrar.Allocate(AcpAddressScheme.Zone, "").NodeNumber, registrar.Allocate(AcpAddressScheme.Vlong16, "").NodeNumber));
        Assert.Equal(0, registrar.Allocate(AcpAddressScheme.Zone, "").ZoneId);
        Assert.Equal(AcpAddress.UlaOf("r.acp.example.com"), registrar.Allocate(AcpAddressScheme.Zone, "R").Ula);
    }

    [Fact]
    public void F14_manual_addresses_are_refused() =>
        Assert.Throws<CaException>(() => Create("a", 1).Allocate(AcpAddressScheme.Manual, ""));

    [Fact]
    public void F30_numbers_go_on_after_a_restart_and_come_from_several_threads()
    {
        var registrar = Create("a", 5);
        Assert.Equal(0, registrar.Allocate(AcpAddressScheme.Zone, "").NodeNumber);
        var numbers = new ConcurrentBag<int>();
        var threads = Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            // Each opens the file as another process would.
            var again = Registrar.Open(_directory["a"]);
            for (var i = 0; i < 50; i++)
                numbers.Add(again.Allocate(AcpAddressScheme.Zone, "").NodeNumber);
        })).ToList();
        threads.ForEach(t => t.Start());
        threads.ForEach(t => t.Join());
        Assert.Equal(Enumerable.Range(1, 200), numbers.Order());
    }

    [Fact]
    public void F30_when_all_numbers_are_taken_that_is_said_and_nothing_wraps()
    {
        var registrar = Create("a", 5);
        var path = _directory["a/registrar.json"];
        File.WriteAllText(path, File.ReadAllText(path).Replace("\"next_zone\": 0", "\"next_zone\": 32767", StringComparison.Ordinal));
        Assert.Equal(AcpAddress.MaxNodeNumber15, registrar.Allocate(AcpAddressScheme.Zone, "").NodeNumber);
        Assert.Throws<CaException>(() => registrar.Allocate(AcpAddressScheme.Zone, ""));
        Assert.Throws<CaException>(() => registrar.Allocate(AcpAddressScheme.Zone, ""));
    }

    [Fact]
    public void F33_an_rsub_whose_hash_is_taken_is_refused()
    {
        Create("a", 5);
        // A hash so bad that all rsubs that begin with the same letter collide.
        var registrar = Registrar.Open(_directory["a"], text => AcpAddress.UlaOf(text[..1]));
        registrar.Allocate(AcpAddressScheme.Zone, "east");
        registrar.Allocate(AcpAddressScheme.Zone, "EAST");
        registrar.Allocate(AcpAddressScheme.Zone, "west");
        var error = Assert.Throws<CaException>(() => registrar.Allocate(AcpAddressScheme.Zone, "ebb"));
        Assert.Contains("'ebb'", error.Message, StringComparison.Ordinal);
        Assert.Contains("'east'", error.Message, StringComparison.Ordinal);
        // The refusal took no number.
        Assert.Equal(3, registrar.Allocate(AcpAddressScheme.Zone, "east").NodeNumber);
    }

    [Fact]
    public void F30_a_damaged_record_stops_the_registrar()
    {
        var registrar = Create("a", 5);
        var path = _directory["a/registrar.json"];
        var whole = File.ReadAllText(path);
        for (var length = 0; length < whole.TrimEnd().Length; length++)
        {
            File.WriteAllText(path, whole[..length]);
            var error = Assert.Throws<CaException>(() => registrar.Allocate(AcpAddressScheme.Zone, ""));
            Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
            Assert.Equal(whole[..length], File.ReadAllText(path));
        }

        // Valid JSON that lacks a number must not start from 0 again.
        File.WriteAllText(path, whole.Replace("\"next_zone\": 0,", "", StringComparison.Ordinal));
        Assert.Throws<CaException>(() => registrar.Allocate(AcpAddressScheme.Zone, ""));
        File.WriteAllText(path, whole.Replace("\"next_zone\": 0,", "\"next_zone\": -1,", StringComparison.Ordinal));
        Assert.Throws<CaException>(() => registrar.Allocate(AcpAddressScheme.Zone, ""));
    }

    /// <summary>
    /// The program itself, killed in the middle of its work again and again: what it has issued never repeats, and the
    /// record is always whole.
    /// </summary>
    [Fact]
    public void F30_killed_in_the_middle_it_never_repeats_a_number()
    {
        var program = Path.Combine(AppContext.BaseDirectory, "acpd.dll");
        var ca = _directory["ca"];
        using (DomainCa.Init(ca, "acp.example.com", KeyAlgorithm.EcdsaP256, TimeSpan.FromDays(9), false, DateTimeOffset.UtcNow))
        {
        }

        var random = new SeededRandom(30);
        var killed = 0;
        for (var round = 0; round < 24; round++)
        {
            var node = _directory["n" + round.ToString(CultureInfo.InvariantCulture)];
            using var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [program, "ca", "issue", "--ca", ca, "--out", node])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            if (round % 4 != 0 && !process.WaitForExit(60 + random.Next(200)))
            {
                process.Kill();
                killed++;
            }

            process.WaitForExit();
            Assert.Equal("acp.example.com", Registrar.Open(ca).Domain);
        }

        Assert.InRange(killed, 1, 24);
        var addresses = new List<Ipv6Address>();
        foreach (var certificate in Directory.GetFiles(_directory.Path, "node.crt", SearchOption.AllDirectories))
        {
            using var loaded = X509CertificateLoader.LoadCertificateFromFile(certificate);
            Assert.True(AcpNodeNameExtension.TryRead(loaded, out var name, out _));
            addresses.Add(name.Address!.Value);
        }

        Assert.InRange(addresses.Count, 6, 24);
        Assert.Equal(addresses.Count, addresses.Distinct().Count());
        var next = Registrar.Open(ca).Allocate(AcpAddressScheme.Zone, "").NodeNumber;
        Assert.All(addresses, a => Assert.True(AcpAddress.Decode(a).NodeNumber < next));
    }

    private Registrar Create(string name, ulong id) =>
        Registrar.Create(Directory.CreateDirectory(_directory[name]).FullName, "acp.example.com", id);
}
