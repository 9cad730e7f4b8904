using Acp.Core;
using Acp.Wire;
using Acp.Wire.Rpl;

namespace Acp.Tests.Rpl;

/// <summary>The codec against packets of rpld, Unstrung and RIOT (conformance G-04 to G-07, G-37, G-38).</summary>
public class RplCodecTests
{
    /// <summary>Four zero octets at the end, which are Pad1 four times.</summary>
    private static readonly string[] Padded =
        ["unstrung-dao", "unstrung-dio-root-mop3", "unstrung-dio-root-mop2", "unstrung-dio-child"];

    /// <summary>Octets that we would not write ourselves: padding, and a stray bit.</summary>
    private static readonly string[] Quirks = [.. Padded, "rpld-daoack"];

    public static TheoryData<string> Names => [.. RplVector.All.Select(v => v.Name)];

    private static RplMessage Decode(ReadOnlySpan<byte> bytes)
    {
        Assert.True(RplCodec.TryDecode(bytes, out var message, out var refusal), refusal.ToString());
        return message;
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void G06_checksum_of_captured_packet_is_right_and_any_flipped_bit_is_noticed(string name)
    {
        var v = RplVector.Named(name);
        Assert.True(Icmpv6Checksum.Verify(v.Source, v.Destination, v.Icmpv6));
        for (var bit = 0; bit < v.Icmpv6.Length * 8; bit++)
        {
            var copy = v.Icmpv6.ToArray();
            copy[bit / 8] ^= (byte)(1 << bit % 8);
            Assert.False(Icmpv6Checksum.Verify(v.Source, v.Destination, copy));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Captured_packet_decodes_and_encodes_to_the_same_octets(string name)
    {
        var v = RplVector.Named(name);
        var message = Decode(v.Icmpv6);
        var encoded = RplCodec.Encode(message);
        Assert.Equal(message, Decode(encoded));
        if (Quirks.Contains(name))
            return;
        Icmpv6Checksum.Write(v.Source, v.Destination, encoded);
        Assert.Equal(v.Icmpv6, encoded);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void G05_every_truncation_is_refused_unless_it_ends_between_two_options(string name)
    {
        var bytes = RplVector.Named(name).Icmpv6;
        var whole = Decode(bytes);
        var shorter = 0;
        for (var length = 0; length < bytes.Length; length++)
        {
            if (!RplCodec.TryDecode(bytes.AsSpan(0, length), out var message, out var refusal))
            {
                Assert.NotEqual(RplRefusal.None, refusal);
                continue;
            }
            shorter++;
            Assert.True(message.Options.Count <= whole.Options.Count);
            Assert.Equal(whole.Options.Take(message.Options.Count), message.Options);
        }
        var pads = Padded.Contains(name) ? 4 : 0;
        Assert.Equal(whole.Options.Count + pads, shorter);
    }

    [Fact]
    public void Mutations_do_not_throw()
    {
        var random = new SeededRandom(155);
        foreach (var vector in RplVector.All)
        {
            for (var round = 0; round < 2000; round++)
            {
                var copy = vector.Icmpv6.ToArray();
                for (var i = random.Next(4); i >= 0; i--)
                    copy[random.Next(copy.Length)] = (byte)random.Next(256);
                if (RplCodec.TryDecode(copy, out var message, out var refusal))
                    Assert.Equal(message, Decode(RplCodec.Encode(message)));
                else
                    Assert.NotEqual(RplRefusal.None, refusal);
            }
        }
    }

    [Fact]
    public void Riot_root_dio_carries_its_configuration()
    {
        var dio = Assert.IsType<DioMessage>(Decode(RplVector.Named("riot-dio-root-config").Icmpv6));
        Assert.Equal(
            new DioMessage(0, 240, 256, true, 2, 0, 1, Ipv6Address.Parse("fd3c:be8a:173f:8e80::1")) { Options = dio.Options }, dio);
        Assert.Equal(new DodagConfigurationOption(false, 0, 20, 3, 10, 0, 256, 0, 5, 60), dio.Options[0]);
        Assert.Equal(
            new PrefixInformationOption(64, false, true, false, 0xffffffff, 0xffffffff, Ipv6Address.Parse("fd3c:be8a:173f:8e80::")),
            dio.Options[1]);
    }

    [Fact]
    public void G38_dao_and_ack_are_read_with_and_without_dodagid()
    {
        var with = Assert.IsType<DaoMessage>(Decode(RplVector.Named("unstrung-dao").Icmpv6));
        Assert.Equal((true, 2), (with.AckRequested, with.Sequence));
        Assert.NotNull(with.DodagId);
        Assert.Single(with.Options);
        var without = Assert.IsType<DaoMessage>(Decode(RplVector.Named("riot-dao").Icmpv6));
        Assert.Null(without.DodagId);
        Assert.Equal(3, without.Options.Count);
        Assert.Equal(new TransitInformationOption(false, 0, 0, 5), without.Options[1]);
        Assert.Equal(new DaoAckMessage(0, 240, 0, null), Decode(RplVector.Named("riot-daoack").Icmpv6));
    }

    [Theory]
    [InlineData(0x80)]
    [InlineData(0x81)]
    [InlineData(0x82)]
    [InlineData(0x83)]
    [InlineData(0x8a)]
    public void G07_secure_variants_are_refused(int code)
    {
        Assert.False(RplCodec.TryDecode([155, (byte)code, 0, 0, 0, 0, 0, 0], out _, out var refusal));
        Assert.Equal(RplRefusal.SecureVariant, refusal);
    }

    [Theory]
    [InlineData(0x04)]
    [InlineData(0x84)]
    [InlineData(0xff)]
    public void Unknown_codes_are_refused(int code)
    {
        Assert.False(RplCodec.TryDecode([155, (byte)code, 0, 0, 0, 0], out _, out var refusal));
        Assert.Equal(RplRefusal.UnknownCode, refusal);
    }

    [Fact]
    public void Other_icmpv6_types_are_refused()
    {
        Assert.False(RplCodec.TryDecode([135, 0, 0, 0, 0, 0], out _, out var refusal));
        Assert.Equal(RplRefusal.NotRpl, refusal);
    }

    [Theory]
    [InlineData("", RplRefusal.None, 0)]
    [InlineData("00", RplRefusal.None, 0)]
    [InlineData("000000", RplRefusal.None, 0)]
    [InlineData("0100", RplRefusal.None, 0)]
    [InlineData("01030000000509", RplRefusal.TruncatedOption, 0)]
    [InlineData("010300000005020000", RplRefusal.None, 1)]
    [InlineData("c802ffff05020000", RplRefusal.None, 1)]
    [InlineData("c8", RplRefusal.TruncatedOption, 0)]
    [InlineData("c803ffff", RplRefusal.TruncatedOption, 0)]
    [InlineData("050100", RplRefusal.BadOptionLength, 0)]
    [InlineData("05020080", RplRefusal.BadPrefixLength, 0)]
    [InlineData("05020081", RplRefusal.BadPrefixLength, 0)]
    [InlineData("0503000980", RplRefusal.BadPrefixLength, 0)]
    [InlineData("050400098080", RplRefusal.None, 1)]
    [InlineData("0603000000", RplRefusal.BadOptionLength, 0)]
    [InlineData("060400000000", RplRefusal.None, 1)]
    [InlineData("060500000000ff", RplRefusal.None, 1)]
    [InlineData("040d00000000000000000000000000", RplRefusal.BadOptionLength, 0)]
    [InlineData("0903000000", RplRefusal.BadOptionLength, 0)]
    [InlineData("0200", RplRefusal.None, 1)]
    public void G05_options_table(string hex, RplRefusal expected, int options)
    {
        byte[] dis = [155, 0, 0, 0, 0xff, 0xff, .. Convert.FromHexString(hex)];
        Assert.Equal(expected == RplRefusal.None, RplCodec.TryDecode(dis, out var message, out var refusal));
        Assert.Equal(expected, refusal);
        Assert.Equal(options, message?.Options.Count ?? 0);
    }

    [Fact]
    public void G06_flags_and_reserved_bits_are_ignored_and_written_as_zero()
    {
        var clean = RplCodec.Encode(new DaoAckMessage(0, 7, 0, null));
        var dirty = clean.ToArray();
        dirty[5] |= 0x7f;
        Assert.Equal(Decode(clean), Decode(dirty));
        Assert.Equal(clean, RplCodec.Encode(Decode(dirty)));
    }

    [Fact]
    public void Every_option_round_trips()
    {
        var address = Ipv6Address.Parse("fd89:b714:f3db::1");
        var message = new DioMessage(1, 2, 0x0304, false, 7, 7, 5, address)
        {
            Options =
            [
                new MetricContainerOption(new byte[] { 1, 2, 3 }),
                new RouteInformationOption(Ipv6Prefix.Parse("fd89:b714:f3db::/48"), 3, 77),
                new RouteInformationOption(Ipv6Prefix.Default, 0, 0),
                new DodagConfigurationOption(true, 7, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
                new RplTargetOption(Ipv6Prefix.Parse("fd89:b714:f3db::2/127")),
                new TransitInformationOption(true, 0xc0, 241, 30, address),
                new SolicitedInformationOption(3, true, false, true, address, 9),
                new PrefixInformationOption(64, true, true, true, 1, 2, address),
                new TargetDescriptorOption(0xdeadbeef),
            ],
        };
        Assert.Equal(message, Decode(RplCodec.Encode(message)));
    }
}
