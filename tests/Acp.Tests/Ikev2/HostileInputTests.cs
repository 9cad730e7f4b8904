using System.Buffers.Binary;
using Acp.Core;
using Acp.Core.Ikev2;
using Acp.Core.Time;
using Acp.Wire;
using Acp.Wire.Ikev2;
using FsCheck;
using FsCheck.Fluent;

namespace Acp.Tests.Ikev2;

/// <summary>
/// What anybody on the link can send to a node with a channel: nothing that it remembers changes, it allocates little, and each datagram
/// is counted by a reason (Q-02, Q-07, D-45, D-48, D-52).
/// </summary>
[Collection(nameof(AloneCollection))]
public class HostileInputTests
{
    private static readonly PayloadType[] Types =
    [
        PayloadType.SecurityAssociation, PayloadType.KeyExchange, PayloadType.IdInitiator, PayloadType.IdResponder,
        PayloadType.Certificate, PayloadType.CertificateRequest, PayloadType.Authentication, PayloadType.Nonce, PayloadType.Notify,
        PayloadType.Delete, PayloadType.VendorId, PayloadType.TrafficSelectorInitiator, PayloadType.TrafficSelectorResponder,
        PayloadType.Encrypted, PayloadType.EncryptedFragment, (PayloadType)48, (PayloadType)200,
    ];

    [Fact]
    public void D48_every_payload_of_every_length_changes_nothing()
    {
        using var world = Connected();
        var random = new SeededRandom(3);
        var refusals = new HashSet<IkeRefusal>();
        foreach (var type in Types)
        {
            for (var length = 0; length <= 80; length++)
            {
                // The payload's own length right, one too long, one too short, and far beyond the message.
                foreach (var claimed in new[] { length + 4, length + 5, length + 3, 65535, 0 })
                {
                    var message = new byte[28 + 4 + length];
                    random.Fill(message.AsSpan(32));
                    Header(message, type, ExchangeType.IkeSaInit, IkeFlags.Initiator);
                    message[29] = 0;
                    BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(30), (ushort)claimed);
                    foreach (var fact in Unmoved(world, message))
                    {
                        if (fact is Ikev2Fact.Malformed malformed)
                            refusals.Add(malformed.Refusal);
                    }
                }
            }
        }

        Assert.Superset(new HashSet<IkeRefusal>
        {
            IkeRefusal.PayloadTruncated, IkeRefusal.PayloadLength, IkeRefusal.TrailingOctets, IkeRefusal.Proposal, IkeRefusal.KeyExchange,
            IkeRefusal.Nonce, IkeRefusal.Identification, IkeRefusal.Certificate, IkeRefusal.CertificateRequest, IkeRefusal.Authentication,
            IkeRefusal.TrafficSelector, IkeRefusal.Notify, IkeRefusal.Delete, IkeRefusal.Fragment,
        }, refusals);
    }

    [Fact]
    public void Q02_what_is_too_long_is_not_even_copied()
    {
        using var world = Connected();
        var message = new byte[1_000_000];
        Header(message, PayloadType.Certificate, ExchangeType.IkeSaInit, IkeFlags.Initiator);
        var fact = Assert.IsType<Ikev2Fact.Malformed>(Assert.Single(Unmoved(world, message, 4096)));
        Assert.Equal(IkeRefusal.TooLong, fact.Refusal);
    }

    [Fact]
    public void Q02_ten_thousand_transforms_and_nested_proposals()
    {
        using var world = Connected();
        // As many as there can be in one message of our limit, and beyond it.
        foreach (var (proposals, transforms, refusal) in new[] { (20, 250, IkeRefusal.TooLong), (33, 1, IkeRefusal.Proposal), (7, 255, IkeRefusal.None) })
        {
            var sa = new SaPayload([.. Enumerable.Range(1, proposals).Select(n => new Proposal((byte)n, ProtocolId.Ike, default,
                [.. Enumerable.Range(0, transforms).Select(_ => new Transform(TransformType.Encryption, 99))]))]);
            var message = IkeMessage.Encode(Init(), [sa, .. refusal == IkeRefusal.TooLong ? [sa] : Array.Empty<IkePayload>(), new KePayload(DhGroup.Ecp256, new byte[64]), new NoncePayload(new byte[32])]);
            var facts = Unmoved(world, message, 2_000_000);
            if (refusal != IkeRefusal.None)
                Assert.Equal(refusal, Assert.IsType<Ikev2Fact.Malformed>(Assert.Single(facts)).Refusal);
            else
                Assert.Contains(facts, f => f is Ikev2Fact.RequestRefused { Notify: NotifyType.NoProposalChosen });
        }

        // A proposal where a transform should stand, inside itself, four deep.
        byte[] inner = [0, 0, 0, 8, 1, 1, 0, 1];
        for (var depth = 0; depth < 4; depth++)
            inner = [0, 0, 0, (byte)(8 + inner.Length), 1, 1, 0, 1, .. inner];
        var nested = new byte[32 + inner.Length];
        Header(nested, PayloadType.SecurityAssociation, ExchangeType.IkeSaInit, IkeFlags.Initiator);
        BinaryPrimitives.WriteUInt16BigEndian(nested.AsSpan(30), (ushort)(4 + inner.Length));
        inner.CopyTo(nested, 32);
        Assert.IsType<Ikev2Fact.Malformed>(Assert.Single(Unmoved(world, nested)));
    }

    [Fact]
    public void D52_wrong_spi_link_address_and_port()
    {
        using var world = Connected();
        var protectedOne = Captured(world).Last(d => d.Span[16] == (byte)PayloadType.Encrypted).ToArray();
        var (link, local, remote) = (IkeWorld.Link1, world.B.LinkLocal, world.A.LinkLocal);
        Assert.Equal(IkeDrop.WrongPath, Dropped(Unmoved(world, protectedOne, link: IkeWorld.Link2)));
        Assert.Equal(IkeDrop.WrongPath, Dropped(Unmoved(world, protectedOne, remote: Ipv6Address.Parse("fe80::bad"))));
        Assert.Equal(IkeDrop.WrongPath, Dropped(Unmoved(world, protectedOne, remotePort: 501)));
        protectedOne[3] ^= 1;
        Assert.Equal(IkeDrop.UnknownSpi, Dropped(Unmoved(world, protectedOne)));
    }

    /// <summary>Everything A ever said is said again: at most an answer is repeated, and no IKE SA is kept alive by it (§2.4).</summary>
    [Fact]
    public void D09_replayed_datagrams_change_nothing_and_are_no_sign_of_life()
    {
        using var world = Connected();
        foreach (var datagram in Captured(world).Where(d => d.Span[18] != (byte)ExchangeType.IkeSaInit))
        {
            var facts = Unmoved(world, datagram.Span);
            Assert.Contains(facts, f => f is Ikev2Fact.Dropped or Ikev2Fact.ResponseRepeated);
        }

        // A falls silent, and somebody sends its old messages again and again. A repeated request makes B start over a
        // few times (its answers might be lost), and then it finds out.
        world.Network = (_, from, _) => from == world.A ? [] : [IkeWorld.Delay];
        var old = Captured(world).Where(d => d.Span[16] == (byte)PayloadType.Encrypted).ToList();
        for (var second = 0; second < 90 && world.B.Channels.Count > 0; second++)
        {
            world.Run(1);
            old.ForEach(d => Deliver(world, d.Span));
        }

        Assert.Empty(world.B.Channels);
        Assert.Contains(world.B.Facts, f => f is Ikev2Fact.IkeSaClosed { Reason: ChannelCloseReason.DeadPeer });
    }

    [Fact]
    public void Q07_repeated_answers_have_a_rate()
    {
        using var world = Connected();
        var last = Captured(world).Last(d => (d.Span[19] & (byte)IkeFlags.Response) == 0);
        var before = world.Sent.Count;
        var dropped = 0;
        for (var i = 0; i < 1000; i++)
            dropped += Unmoved(world, last.Span).Count(f => f is Ikev2Fact.Dropped { Reason: IkeDrop.RateLimited });
        Assert.Equal(2 * new Ikev2Options().RepeatsPerSecond, world.Sent.Count - before);
        Assert.Equal(1000 - 2 * new Ikev2Options().RepeatsPerSecond, dropped);
    }

    [Fact]
    public void D48_error_answers_have_a_rate()
    {
        using var world = Connected();
        var message = new byte[28];
        Header(message, PayloadType.None, ExchangeType.IkeSaInit, IkeFlags.Initiator);
        message[17] = 0x30;
        var (before, dropped) = (world.Sent.Count, 0);
        for (var i = 0; i < 1000; i++)
            dropped += Unmoved(world, message).Count(f => f is Ikev2Fact.Dropped { Reason: IkeDrop.RateLimited });
        Assert.Equal(2 * new Ikev2Options().UnprotectedPerSecond, world.Sent.Count - before);
        Assert.Equal(1000 - 2 * new Ikev2Options().UnprotectedPerSecond, dropped);
    }

    [Fact]
    public void D45_what_is_not_protected_is_not_believed()
    {
        using var world = Connected();
        var header = IkeHeader.Create(world.B.Machine.Status.Single().IkeSa.InitiatorSpi, world.B.Machine.Status.Single().IkeSa.ResponderSpi,
            ExchangeType.Informational, IkeFlags.Initiator, 2);
        foreach (var payload in new IkePayload[]
                 {
                     DeletePayload.IkeSa(), new NotifyPayload(NotifyType.InvalidSyntax), new NotifyPayload(NotifyType.AuthenticationFailed),
                     new NotifyPayload(NotifyType.InvalidIkeSpi), new EncryptedPayload(PayloadType.Delete, new byte[64], 32),
                     new EncryptedFragmentPayload(PayloadType.Delete, 1, 60, new byte[600], 36),
                 })
        {
            var reason = Dropped(Unmoved(world, IkeMessage.Encode(header, [payload])));
            // The ID of a fragment is looked at before it is decrypted.
            Assert.Equal(payload is EncryptedPayload ? IkeDrop.Integrity
                : payload is EncryptedFragmentPayload ? IkeDrop.MessageId : IkeDrop.Unprotected, reason);
        }
    }

    /// <summary>Forged first messages in thousands: few half-open SAs, a cookie or nothing for the rest, and all is forgotten again.</summary>
    [Fact]
    public void Q07_a_flood_of_half_open_sas_is_bounded_in_all_and_per_peer()
    {
        using var world = Connected();
        var options = new Ikev2Options();
        var held = world.B.Machine.Inventory;
        var init = Captured(world).First(d => d.Span[18] == (byte)ExchangeType.IkeSaInit).ToArray();
        var (most, turnedAway) = (0, 0);
        var memory = GC.GetTotalMemory(true);
        for (var i = 0; i < 3000; i++)
        {
            BinaryPrimitives.WriteUInt64BigEndian(init, (ulong)i + 1);
            // One neighbour insists, the others come once.
            var remote = i % 3 == 0 ? Ipv6Address.Parse("fe80::bad") : new Ipv6Address(0xfe80_0000_0000_0000, (ulong)i);
            Deliver(world, init, remote: remote);
            most = Math.Max(most, world.B.Machine.HalfOpenCount);
            turnedAway += world.B.Facts.Count(f => f is Ikev2Fact.Dropped { Reason: IkeDrop.CookieDemanded or IkeDrop.RateLimited });
            world.B.Facts.Clear();
            world.B.Actions.Clear();
            world.Sent.Clear();
        }

        Assert.InRange(most, options.CookiePerPeer, options.CookieTotal);
        Assert.Equal(3000 - world.B.Machine.HalfOpenCount, turnedAway);
        Assert.InRange(GC.GetTotalMemory(true) - memory, long.MinValue, 2_000_000);
        world.Network = null;
        world.Run(options.HandshakeTimeout);
        Assert.Equal(0, world.B.Machine.HalfOpenCount);
        Assert.Equal(held, world.B.Machine.Inventory);
        world.AssertOneChannel();
    }

    /// <summary>Everything that was ever sent, spoilt by chance: no exception, no change but half-open SAs, a reason for each.</summary>
    [Fact]
    public void Mutations_of_captured_exchanges()
    {
        using var world = Connected();
        var random = new SeededRandom(11);
        var captured = world.Sent.Select(s => s.Datagram.Datagram.ToArray()).ToList();
        for (var i = 0; i < 6000; i++)
        {
            var bytes = Spoil(captured[random.Next(captured.Count)], random);
            if (bytes.Length < 28 || bytes[18] != (byte)ExchangeType.IkeSaInit)
            {
                Assert.NotEmpty(Unmoved(world, bytes));
                continue;
            }

            Deliver(world, bytes);
            Assert.InRange(world.B.Machine.HalfOpenCount, 0, new Ikev2Options().HalfOpenPerPeer);
        }

        world.Network = null;
        world.Run(60);
        world.AssertOneChannel();
    }

    [Fact]
    public void Any_bytes_at_all()
    {
        using var world = Connected();
        Check.QuickThrowOnFailure(Prop.ForAll<byte[]>(bytes =>
        {
            var facts = Unmoved(world, bytes ?? []);
            // A higher version is answered, at a limited rate.
            return facts.Count == 1 && facts[0] is Ikev2Fact.Malformed or Ikev2Fact.RequestRefused or Ikev2Fact.Dropped { Reason: IkeDrop.RateLimited };
        }));
    }

    private static byte[] Spoil(byte[] original, SeededRandom random)
    {
        var bytes = original.ToArray();
        switch (random.Next(4))
        {
            case 0:
                return bytes[..random.Next(bytes.Length)];
            case 1:
                return [.. bytes, .. random.Bytes(1 + random.Next(40))];
            case 2:
                random.Fill(bytes.AsSpan(random.Next(bytes.Length - 4), 4));
                return bytes;
            default:
                for (var flips = 1 + random.Next(4); flips > 0; flips--)
                    bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                return bytes;
        }
    }

    private static IkeHeader Init() => IkeHeader.Create(77, 0, ExchangeType.IkeSaInit, IkeFlags.Initiator, 0);

    private static void Header(byte[] message, PayloadType first, ExchangeType exchange, IkeFlags flags) =>
        (IkeHeader.Create(77, 0, exchange, flags, 0) with { NextPayload = first, Length = (uint)message.Length }).Write(message);

    private static IkeDrop Dropped(IReadOnlyList<Ikev2Fact> facts) => Assert.Single(facts.OfType<Ikev2Fact.Dropped>()).Reason;

    private static List<ReadOnlyMemory<byte>> Captured(IkeWorld world) =>
        [.. world.Sent.Where(s => s.From == world.A).Select(s => s.Datagram.Datagram)];

    /// <summary>Delivers to B, and sees that B is as before; gives what it noticed.</summary>
    private static List<Ikev2Fact> Unmoved(IkeWorld world, ReadOnlySpan<byte> datagram, long octets = 64 * 1024, LinkId? link = null,
        Ipv6Address? remote = null, ushort remotePort = 500)
    {
        var before = StateDump.Of(world.B.Machine);
        var noted = world.B.Facts.Count;
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        world.B.Machine.HandleDatagram(world.Now, link ?? IkeWorld.Link1, world.B.LinkLocal, 500, remote ?? world.A.LinkLocal, remotePort, datagram);
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        world.B.Perform();
        Assert.Equal(before, StateDump.Of(world.B.Machine));
        Assert.InRange(allocated, 0, octets);
        return world.B.Facts.GetRange(noted, world.B.Facts.Count - noted);
    }

    private static void Deliver(IkeWorld world, ReadOnlySpan<byte> datagram, Ipv6Address? remote = null)
    {
        world.B.Machine.HandleDatagram(world.Now, IkeWorld.Link1, world.B.LinkLocal, 500, remote ?? world.A.LinkLocal, 500, datagram);
        world.B.Perform();
    }

    /// <summary>A began, B answered; a child and an IKE rekeying followed, so that there is something to replay; nothing that B sends arrives any more.</summary>
    private static IkeWorld Connected()
    {
        var world = IkeWorld.Connected();
        world.Rekey(world.A, false);
        world.Run(1.5);
        world.AssertOneChannel();
        world.Network = (_, _, _) => [];
        return world;
    }
}
