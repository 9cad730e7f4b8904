using System.Buffers.Binary;
using Acp.Core;
using Acp.Core.Ikev2;
using Acp.Wire.Ikev2;

namespace Acp.Tests.Ikev2;

/// <summary>Small rules of the profile that no other test is about.</summary>
public class ProfileTests
{
    [Fact]
    public void D01_all_goes_between_the_link_local_addresses_and_to_the_announced_port()
    {
        using var world = new IkeWorld();
        world.B.Options = world.B.Options with { LocalPort = 5001 };
        world.B.Restart(3);
        world.A.Machine.Initiate(world.Now, IkeWorld.Link1, world.A.LinkLocal, world.B.LinkLocal, 5001);
        world.A.Perform();
        world.Run(1);
        world.AssertOneChannel();
        foreach (var (from, sent) in world.Sent)
        {
            var fromA = from == world.A;
            Assert.Equal((from.LinkLocal, world.Peer(from).LinkLocal), (sent.Local, sent.Remote));
            Assert.Equal(fromA ? (500, 5001) : (5001, 500), (sent.LocalPort, sent.RemotePort));
        }
    }

    /// <summary>Encodings 12 and 13 are hash and URL: neither sent, nor asked for, nor followed.</summary>
    [Theory]
    [InlineData(12)]
    [InlineData(13)]
    public void C21_certificates_travel_in_the_protocol_and_a_url_is_not_followed(byte encoding)
    {
        using var world = new IkeWorld();
        using (var raw = new RawInitiator(world))
        {
            var answer = raw.Ask(ExchangeType.IkeAuth, 1, raw.Auth())!;
            Assert.All(answer.OfType<CertPayload>(), c => Assert.Equal(CertificateEncoding.X509Signature, c.Encoding));
            Assert.Equal(2, answer.OfType<CertPayload>().Count());
        }

        Assert.All(world.Sent, s => Assert.True(!IkeMessage.TryDecode(s.Datagram.Datagram.Span, out var m, out _)
            || !m.Payloads.Any(p => p is NotifyPayload { Notify: NotifyType.HttpCertLookupSupported })));
        using var other = new IkeWorld();
        using var lazy = new RawInitiator(other);
        var auth = lazy.Auth();
        for (var i = 0; i < auth.Count; i++)
        {
            if (auth[i] is CertPayload)
                auth[i] = new CertPayload((CertificateEncoding)encoding, (byte[])[.. new byte[20], .. "http://[fe80::a]/cert"u8]);
        }

        var refusal = Assert.IsType<NotifyPayload>(Assert.Single(lazy.Ask(ExchangeType.IkeAuth, 1, auth)!));
        Assert.Equal(NotifyType.AuthenticationFailed, refusal.Notify);
        Assert.Empty(other.B.Channels);
    }

    [Fact]
    public void E23_spis_are_random_above_255_and_no_two_are_alike()
    {
        using var world = new IkeWorld();
        world.B.Random = seed => new FewSpis(seed, 0, 1, 255, 256, 256, 0xffff_ffff, 0xffff_ffff);
        world.B.Restart(5);
        foreach (var link in new[] { IkeWorld.Link1, IkeWorld.Link2 })
        {
            world.A.Initiate(link, world.B);
            world.Run(1);
        }

        Assert.Equal([256u, 0xffff_ffffu], world.B.Children.Keys.Order());
        Assert.Equal(2, world.A.Children.Count);
    }

    /// <summary>Four octets at a time: what a test wants first.</summary>
    private sealed class FewSpis(ulong seed, params uint[] first) : RandomSource
    {
        private readonly SeededRandom _rest = new(seed);
        private int _used;

        public override void Fill(Span<byte> destination)
        {
            if (destination.Length == 4 && _used < first.Length)
                BinaryPrimitives.WriteUInt32LittleEndian(destination, first[_used++]);
            else
                _rest.Fill(destination);
        }
    }
}
