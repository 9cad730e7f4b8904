using Acp.Wire.Ikev2;

namespace Acp.Core.Ikev2;

/// <summary>
/// Settings of <see cref="Ikev2Machine"/>, with the ACP profile (RFC 8994 §6.8.3) as defaults. To add one: a property
/// with its default and unit here, a line in <see cref="Validate"/>, and its reader beside the behaviour.
/// </summary>
public sealed record Ikev2Options
{
    private static readonly DhGroup[] DefaultGroups =
    [
        DhGroup.Ecp256, DhGroup.Ecp384, DhGroup.Ecp521, DhGroup.Curve25519, DhGroup.Modp2048, DhGroup.Modp3072, DhGroup.Modp4096,
    ];

    private static readonly PrfAlgorithm[] DefaultPrfs =
        [PrfAlgorithm.HmacSha2_256, PrfAlgorithm.HmacSha2_384, PrfAlgorithm.HmacSha2_512];

    /// <summary>Offered and accepted, best first; what the crypto provider lacks is left out (D-14 … D-20).</summary>
    public IReadOnlyList<IkeProposal> IkeProposals { get; init; } =
    [
        new(
            [(EncryptionAlgorithm.AesGcm16, 256), (EncryptionAlgorithm.ChaCha20Poly1305, 256)],
            [],
            DefaultPrfs,
            DefaultGroups),
        new(
            [(EncryptionAlgorithm.AesCbc, 256)],
            [IntegrityAlgorithm.HmacSha2_256_128, IntegrityAlgorithm.HmacSha2_512_256],
            DefaultPrfs,
            DefaultGroups),
    ];

    /// <summary>Offered and accepted for child SAs, best first (D-36): the daemon puts the faster one of this machine first (E-07).</summary>
    public IReadOnlyList<EspAlgorithm> EspAlgorithms { get; init; } = [EspAlgorithm.AesGcm256, EspAlgorithm.ChaCha20Poly1305];

    /// <summary>What we announce in SIGNATURE_HASH_ALGORITHMS (D-22); never SHA-1.</summary>
    public IReadOnlyList<SignatureHash> SignatureHashes { get; init; } =
        [SignatureHash.Sha2_256, SignatureHash.Sha2_384, SignatureHash.Sha2_512];

    /// <summary>
    /// Postquantum preshared keys (RFC 8784): the first is used when we initiate, any of them when the peer does. None: as if
    /// there was no such thing. Their owner disposes them after the machine's end.
    /// </summary>
    public IReadOnlyList<Ppk> Ppks { get; init; } = [];

    /// <summary>Refuse peers that do not use one of <see cref="Ppks"/>; otherwise it is used with those who have it.</summary>
    public bool PpkRequired { get; init; } = true;

    /// <summary>The UDP port we send from and listen on.</summary>
    public ushort LocalPort { get; init; } = 500;

    /// <summary>
    /// Where IKE and ESP in UDP share a port, at both ends of a remote path (RFC 7296 §2.23). Never used between link-local
    /// addresses (D-53).
    /// </summary>
    public ushort NatTraversalPort { get; init; } = 4500;

    /// <summary>
    /// Carry ESP in UDP to every remote neighbour, NAT or none: for peers that have no other ESP (strongSwan's
    /// kernel-libipsec) and networks that let nothing else pass.
    /// </summary>
    public bool ForceEncapsulation { get; init; }

    /// <summary>Silence of ours after which a NAT before us is reminded of its mapping (RFC 3948 §4).</summary>
    public TimeSpan NatKeepalive { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Hand out the keys of every IKE SA with <see cref="Ikev2Action.RevealIkeKeys"/>, for a protocol analyser. Whoever has
    /// them reads everything, so that this is off unless a person asks for it.
    /// </summary>
    public bool RevealKeys { get; init; }

    /// <summary>Octets of our nonces (D-10).</summary>
    public int NonceLength { get; init; } = 32;

    /// <summary>Wait after the first transmission of a request.</summary>
    public TimeSpan RetransmitInitial { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>Each wait is this many times the one before.</summary>
    public double RetransmitFactor { get; init; } = 1.6;

    /// <summary>
    /// Transmissions of one request before the peer counts as dead. RFC 7296 §2.4 suggests minutes; a neighbour on the
    /// same link is declared dead sooner, so that routing can move: with the defaults 13.2 s after the first transmission.
    /// </summary>
    public int Transmissions { get; init; } = 6;

    /// <summary>Transmissions of a liveness probe that an unprotected INVALID_IKE_SPI prompted (D-45).</summary>
    public int HintTransmissions { get; init; } = 4;

    /// <summary>Transmissions of a DELETE that ends an IKE SA we no longer use.</summary>
    public int DeleteTransmissions { get; init; } = 4;

    /// <summary>Silence after which the peer is probed (D-44). With the defaults a silent peer is dead after 23.2 s.</summary>
    public TimeSpan LivenessIdle { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>At most one hinted probe per SA in this time (D-45).</summary>
    public TimeSpan HintInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A handshake that is not complete by then is dropped.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Half-open SAs from one (link, address) beyond which a COOKIE is demanded (D-11).</summary>
    public int CookiePerPeer { get; init; } = 3;

    /// <summary>Half-open SAs in all beyond which a COOKIE is demanded.</summary>
    public int CookieTotal { get; init; } = 64;

    /// <summary>
    /// Demands of a COOKIE per second, in bursts of twice as many, to neighbours that we do not expect, when half-open SAs are more than
    /// <see cref="CookieTotal"/>.
    /// </summary>
    public int StrangerCookiesPerSecond { get; init; } = 50;

    /// <summary>Half-open SAs kept per (link, address); the oldest gives way.</summary>
    public int HalfOpenPerPeer { get; init; } = 6;

    /// <summary>Half-open SAs kept in all; further ones are dropped .</summary>
    public int HalfOpenTotal { get; init; } = 256;

    /// <summary>Unprotected error answers per second (D-48), in bursts of twice as many.</summary>
    public int UnprotectedPerSecond { get; init; } = 10;

    /// <summary>Stored answers sent again per second and IKE SA, in bursts of twice as many: whoever kept a request can ask for them.</summary>
    public int RepeatsPerSecond { get; init; } = 10;

    /// <summary>An IKE SA without any child SA is closed after this.</summary>
    public TimeSpan ChildlessTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>When to move outbound traffic to a new child SA, if the peer shows no earlier sign of having it.</summary>
    public TimeSpan SwitchOutboundAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>When the Follower closes a surplus SA itself, because the Decider (foreign code) does not.</summary>
    public TimeSpan SurplusGrace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Within this time after our certificate was renewed all neighbours are shown the new one.</summary>
    public TimeSpan ReauthenticateWithin { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Wait before a neighbour is shown the new certificate again, if it did not come to that.</summary>
    public TimeSpan ReauthenticateRetry { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a closed IKE SA still answers retransmissions of the request that closed it.</summary>
    public TimeSpan ClosedLinger { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Announce and use IKE fragmentation (RFC 7383; D-50).</summary>
    public bool Fragmentation { get; init; } = true;

    /// <summary>Longest protected IKE datagram that is sent whole: 1280 octets of IPv6 less its header and UDP's.</summary>
    public int FragmentSize { get; init; } = 1280 - 40 - 8;

    /// <summary>Most fragments of one message that we take.</summary>
    public int MaxFragments { get; init; } = 64;

    /// <summary>Octets of incomplete messages of all SAs together.</summary>
    public int FragmentOctets { get; init; } = 4 * 1024 * 1024;

    /// <summary>When an incomplete message is forgotten.</summary>
    public TimeSpan FragmentTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Age at which a child SA is rekeyed, less the jitter (RFC 7296 §2.8; D-40).</summary>
    public TimeSpan ChildSaLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Packets of one direction at which a child SA is rekeyed, less the jitter. Null: only when its sequence numbers run low (E-10).</summary>
    public ulong? ChildSaPackets { get; init; }

    /// <summary>Octets of inner packets of one direction at which a child SA is rekeyed, less the jitter. Null: no matter how many.</summary>
    public ulong? ChildSaOctets { get; init; }

    /// <summary>Age at which an IKE SA is rekeyed, less the jitter.</summary>
    public TimeSpan IkeSaLifetime { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Up to this part of a lifetime is taken off by chance, so that the two ends rarely rekey at the same moment.</summary>
    public double LifetimeJitter { get; init; } = 0.2;

    /// <summary>An SA that nobody managed to rekey ends at this many times its lifetime.</summary>
    public double HardLifetime { get; init; } = 1.25;

    /// <summary>Wait before an exchange is tried again that the peer answered with TEMPORARY_FAILURE, up to half of it more (D-42).</summary>
    public TimeSpan TemporaryFailureRetry { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>TEMPORARY_FAILURE for longer than this ends the IKE SA (RFC 7296 §2.25; D-42).</summary>
    public TimeSpan TemporaryFailureLimit { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>Wait before a rekeying is tried again that the peer refused for another reason.</summary>
    public TimeSpan RekeyRetry { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>When we delete an SA that the peer replaced, or lost a collision with, and should have deleted itself.</summary>
    public TimeSpan ReplacedGrace { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Message ID, of either direction, at which the IKE SA is rekeyed (RFC 7296 §2.2; D-09).</summary>
    public uint MessageIdRekey { get; init; } = 0x8000_0000;

    /// <summary>Message ID, of either direction, at which the IKE SA ends: IDs never wrap.</summary>
    public uint MessageIdLimit { get; init; } = 0xFFFF_FF00;

    /// <summary>Throws <see cref="ArgumentException"/> naming the first setting that cannot work.</summary>
    public void Validate()
    {
        Require(IkeProposals.Count > 0, nameof(IkeProposals));
        Require(EspAlgorithms.Count > 0, nameof(EspAlgorithms));
        Require(SignatureHashes.Count > 0 && !SignatureHashes.Contains(SignatureHash.Sha1), nameof(SignatureHashes));
        Require(Ppks.All(p => p.Id.Length > 0 && p.Key.Length >= Ppk.MinKeyLength), nameof(Ppks));
        // At least half the key size of the largest PRF offered, 64 octets for SHA-512 (RFC 7296 §2.10).
        Require(NonceLength is >= 32 and <= NoncePayload.MaxLength, nameof(NonceLength));
        Require(RetransmitInitial > TimeSpan.Zero, nameof(RetransmitInitial));
        Require(RetransmitFactor >= 1, nameof(RetransmitFactor));
        Require(Transmissions > 0, nameof(Transmissions));
        Require(HintTransmissions > 0, nameof(HintTransmissions));
        Require(DeleteTransmissions > 0, nameof(DeleteTransmissions));
        Require(LivenessIdle > TimeSpan.Zero, nameof(LivenessIdle));
        Require(NatTraversalPort != LocalPort, nameof(NatTraversalPort));
        Require(NatKeepalive > TimeSpan.Zero, nameof(NatKeepalive));
        Require(HandshakeTimeout > TimeSpan.Zero, nameof(HandshakeTimeout));
        Require(ReauthenticateWithin > TimeSpan.Zero, nameof(ReauthenticateWithin));
        Require(ReauthenticateRetry > TimeSpan.Zero, nameof(ReauthenticateRetry));
        Require(StrangerCookiesPerSecond > 0, nameof(StrangerCookiesPerSecond));
        Require(HalfOpenPerPeer > 0 && HalfOpenTotal > 0, nameof(HalfOpenTotal));
        Require(FragmentSize is >= 256 and <= IkeMessage.MaxLength, nameof(FragmentSize));
        Require(MaxFragments is > 0 and <= ushort.MaxValue, nameof(MaxFragments));
        Require(FragmentOctets >= IkeMessage.MaxLength, nameof(FragmentOctets));
        Require(FragmentTimeout > TimeSpan.Zero, nameof(FragmentTimeout));
        Require(ChildSaLifetime > TimeSpan.Zero, nameof(ChildSaLifetime));
        // Fewer would be used up before a successor is made.
        Require(ChildSaPackets is null or (>= 1000 and < ulong.MaxValue / 4), nameof(ChildSaPackets));
        Require(ChildSaOctets is null or (>= 1_000_000 and < ulong.MaxValue / 4), nameof(ChildSaOctets));
        Require(IkeSaLifetime > TimeSpan.Zero, nameof(IkeSaLifetime));
        Require(LifetimeJitter is >= 0 and < 1, nameof(LifetimeJitter));
        Require(HardLifetime > 1, nameof(HardLifetime));
        Require(TemporaryFailureRetry > TimeSpan.Zero, nameof(TemporaryFailureRetry));
        Require(RekeyRetry > TimeSpan.Zero, nameof(RekeyRetry));
        Require(MessageIdRekey > 1 && MessageIdRekey < MessageIdLimit, nameof(MessageIdRekey));
        Require(MessageIdLimit < uint.MaxValue, nameof(MessageIdLimit));
        Require(UnprotectedPerSecond > 0, nameof(UnprotectedPerSecond));
        Require(RepeatsPerSecond > 0, nameof(RepeatsPerSecond));
    }

    /// <summary>A lifetime less its jitter.</summary>
    internal TimeSpan SoftLifetime(TimeSpan lifetime, RandomSource random) => lifetime - random.NextSpan(lifetime * LifetimeJitter);

    /// <summary>The limits by traffic of a new child SA, with jitter like the ones by time.</summary>
    internal ChildSaLimits Limits(RandomSource random)
    {
        if (ChildSaPackets is null && ChildSaOctets is null)
            return ChildSaLimits.None;
        var (softPackets, hardPackets) = Both(ChildSaPackets);
        var (softOctets, hardOctets) = Both(ChildSaOctets);
        return new ChildSaLimits(softPackets, hardPackets, softOctets, hardOctets);

        (ulong Soft, ulong Hard) Both(ulong? limit) => limit is { } value
            ? (value - (ulong)(value * LifetimeJitter * random.NextSpan(TimeSpan.FromSeconds(1)).TotalSeconds), (ulong)(value * HardLifetime))
            : (ulong.MaxValue, ulong.MaxValue);
    }

    private static void Require(bool condition, string name)
    {
        if (!condition)
            throw new ArgumentException("unusable value", name);
    }
}
