using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Acp.Core.Ikev2.Crypto;
using Acp.Wire.Ikev2;

namespace Acp.Core.Ikev2;

/// <summary>
/// Makes and judges SA payloads (RFC 7296 §2.7, §3.3). Exactly one transform of each type is chosen, in our order of
/// preference, from the first of the peer's proposals that has an acceptable set (D-13). Proposals with a transform
/// type that we do not know are passed over, transforms with unknown attributes too (§3.3.6).
/// </summary>
public sealed class ProposalSelector
{
    private readonly List<IkeProposal> _ike = [];
    private readonly IReadOnlyList<EspAlgorithm> _esp;
    private readonly IReadOnlyList<DhGroup> _childGroups;

    public ProposalSelector(Ikev2Options options, IIkeCrypto crypto)
    {
        foreach (var proposal in options.IkeProposals)
        {
            var encryption = proposal.Encryption
                .Where(e => crypto.Supports(e.Algorithm, e.KeyBits, proposal.Integrity.Count == 0 ? IntegrityAlgorithm.None : proposal.Integrity[0]))
                .ToList();
            var prf = proposal.Prf.Where(crypto.Supports).ToList();
            var groups = proposal.Groups.Where(crypto.Supports).ToList();
            if (encryption.Count > 0 && prf.Count > 0 && groups.Count > 0)
                _ike.Add(new IkeProposal(encryption, proposal.Integrity, prf, groups));
        }

        if (_ike.Count == 0)
            throw new ArgumentException("the crypto provider supports none of the proposals", nameof(crypto));
        _esp = options.EspAlgorithms;
        _childGroups = [.. _ike.SelectMany(p => p.Groups).Distinct()];
    }

    /// <summary>The group whose key exchange an initiator sends at first.</summary>
    public DhGroup PreferredGroup => _ike[0].Groups[0];

    public bool Offers(DhGroup group) => _ike.Exists(p => p.Groups.Contains(group));

    /// <summary>Our SA payload for IKE_SA_INIT (no SPI) or an IKE rekey (8 octets).</summary>
    public SaPayload IkeOffer(ulong? rekeySpi = null)
    {
        var spi = SpiOctets(rekeySpi);
        var proposals = new List<Proposal>();
        foreach (var own in _ike)
        {
            var transforms = new List<Transform>();
            foreach (var (algorithm, bits) in own.Encryption)
                transforms.Add(EncryptionTransform(algorithm, bits));
            transforms.AddRange(own.Prf.Select(p => new Transform(TransformType.Prf, (ushort)p)));
            transforms.AddRange(own.Integrity.Select(i => new Transform(TransformType.Integrity, (ushort)i)));
            transforms.AddRange(own.Groups.Select(g => new Transform(TransformType.KeyExchange, (ushort)g)));
            proposals.Add(new Proposal((byte)(proposals.Count + 1), ProtocolId.Ike, spi, transforms));
        }

        return new SaPayload(proposals);
    }

    /// <summary>The SA payload that answers with what was chosen.</summary>
    public static SaPayload IkeAnswer(byte number, IkeSuite suite, ulong? rekeySpi = null)
    {
        var transforms = new List<Transform>
        {
            EncryptionTransform(suite.Encryption, suite.KeyBits),
            new(TransformType.Prf, (ushort)suite.Prf),
        };
        if (suite.Integrity != IntegrityAlgorithm.None)
            transforms.Add(new Transform(TransformType.Integrity, (ushort)suite.Integrity));
        transforms.Add(new Transform(TransformType.KeyExchange, (ushort)suite.Group));
        return new SaPayload([new Proposal(number, ProtocolId.Ike, SpiOctets(rekeySpi), transforms)]);
    }

    /// <summary>
    /// Chooses among the peer's proposals. A group for which the peer sent its key exchange is preferred, for it saves a
    /// round trip; the caller compares <see cref="IkeSuite.Group"/> with the KE payload.
    /// </summary>
    public bool TryChooseIke(SaPayload sa, DhGroup sentGroup, [NotNullWhen(true)] out IkeSuite? suite, out Proposal? chosen)
    {
        foreach (var proposal in sa.Proposals)
        {
            if (proposal.Protocol != ProtocolId.Ike || !OnlyKnownTypes(proposal, TransformType.ExtendedSequenceNumbers))
                continue;
            foreach (var own in _ike)
            {
                suite = Match(own, proposal, sentGroup);
                if (suite is null)
                    continue;
                chosen = proposal;
                return true;
            }
        }

        suite = null;
        chosen = null;
        return false;
    }

    /// <summary>As initiator: the answer must be one proposal, of ours, with one transform of each type (RFC 7296 §2.7).</summary>
    public bool TryAcceptIkeAnswer(SaPayload sa, DhGroup sentGroup, [NotNullWhen(true)] out IkeSuite? suite)
    {
        suite = null;
        return sa.Proposals.Count == 1 && OnePerType(sa.Proposals[0]) && TryChooseIke(sa, sentGroup, out suite, out _)
               && suite.Group == sentGroup;
    }

    /// <summary>Our SA payload for a child SA (D-36): ESN preferred, plain sequence numbers accepted.</summary>
    /// <param name="group">The group of the exchange's own key exchange, or None.</param>
    public SaPayload EspOffer(uint spi, DhGroup group = DhGroup.None)
    {
        var octets = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(octets, spi);
        var proposals = new List<Proposal>();
        foreach (var algorithm in _esp)
        {
            List<Transform> transforms = [EspTransform(algorithm)];
            if (group != DhGroup.None)
                transforms.Add(new Transform(TransformType.KeyExchange, (ushort)group));
            transforms.Add(new Transform(TransformType.ExtendedSequenceNumbers, 1));
            transforms.Add(new Transform(TransformType.ExtendedSequenceNumbers, 0));
            proposals.Add(new Proposal((byte)(proposals.Count + 1), ProtocolId.Esp, octets, transforms));
        }

        return new SaPayload(proposals);
    }

    /// <summary>The SA payload that answers with what was chosen and our own SPI.</summary>
    public static SaPayload EspAnswer(EspSuite suite, uint ownSpi)
    {
        var octets = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(octets, ownSpi);
        List<Transform> transforms = [EspTransform(suite.Algorithm)];
        if (suite.Group != DhGroup.None)
            transforms.Add(new Transform(TransformType.KeyExchange, (ushort)suite.Group));
        transforms.Add(new Transform(TransformType.ExtendedSequenceNumbers, suite.ExtendedSequenceNumbers ? (ushort)1 : (ushort)0));
        return new SaPayload([new Proposal(suite.ProposalNumber, ProtocolId.Esp, octets, transforms)]);
    }

    /// <summary>
    /// Chooses a child SA. <paramref name="inAuth"/>: in IKE_AUTH there is no key exchange, and a peer's groups are for
    /// later rekeys. AH, ENCR_NULL and keys below 256 bits never match (D-51).
    /// </summary>
    /// <param name="sentGroup">The group of the peer's KE payload, None without one.</param>
    public bool TryChooseEsp(SaPayload sa, bool inAuth, DhGroup sentGroup, [NotNullWhen(true)] out EspSuite? suite)
    {
        foreach (var proposal in sa.Proposals)
        {
            if (proposal.Protocol != ProtocolId.Esp || proposal.Spi.Length != 4 || !OnlyKnownTypes(proposal, TransformType.Prf))
                continue;
            var integrity = Ids(proposal, TransformType.Integrity);
            if (integrity.Count > 0 && !integrity.Contains(0))
                continue;
            var group = DhGroup.None;
            var groups = Ids(proposal, TransformType.KeyExchange);
            if (!inAuth && groups.Count > 0)
            {
                var acceptable = _childGroups.Where(g => groups.Contains((ushort)g)).ToList();
                if (sentGroup != DhGroup.None && acceptable.Contains(sentGroup))
                    group = sentGroup;
                else if (acceptable.Count > 0)
                    group = acceptable[0];
                else if (!groups.Contains(0))
                    continue;
            }

            var esn = Ids(proposal, TransformType.ExtendedSequenceNumbers);
            if (!esn.Contains(0) && !esn.Contains(1))
                continue;
            var spi = BinaryPrimitives.ReadUInt32BigEndian(proposal.Spi.Span);
            // 1 to 255 are reserved, 0 has local meaning only (RFC 4303 §2.1).
            if (spi < 256)
                continue;
            foreach (var algorithm in _esp)
            {
                if (!proposal.Transforms.Any(t => Matches(t, algorithm)))
                    continue;
                suite = new EspSuite(proposal.Number, algorithm, esn.Contains(1), spi, group);
                return true;
            }
        }

        suite = null;
        return false;
    }

    /// <summary>As initiator: one proposal with one transform of each type.</summary>
    public bool TryAcceptEspAnswer(SaPayload sa, bool inAuth, DhGroup sentGroup, [NotNullWhen(true)] out EspSuite? suite)
    {
        suite = null;
        return sa.Proposals.Count == 1 && OnePerType(sa.Proposals[0]) && TryChooseEsp(sa, inAuth, sentGroup, out suite)
               && (inAuth || suite.Group == sentGroup);
    }

    private static IkeSuite? Match(IkeProposal own, Proposal proposal, DhGroup sentGroup)
    {
        var prfs = Ids(proposal, TransformType.Prf);
        var prf = own.Prf.FirstOrDefault(p => prfs.Contains((ushort)p));
        var groups = Ids(proposal, TransformType.KeyExchange);
        var group = own.Groups.Contains(sentGroup) && groups.Contains((ushort)sentGroup)
            ? sentGroup
            : own.Groups.FirstOrDefault(g => groups.Contains((ushort)g));
        var integrities = Ids(proposal, TransformType.Integrity);
        var integrity = own.Integrity.FirstOrDefault(i => integrities.Contains((ushort)i));
        var integrityFits = own.Integrity.Count == 0
            ? integrities.Count == 0 || integrities.Contains(0)
            : integrity != IntegrityAlgorithm.None;
        if (prf == PrfAlgorithm.None || group == DhGroup.None || !integrityFits)
            return null;
        foreach (var (algorithm, bits) in own.Encryption)
        {
            if (proposal.Transforms.Any(t => Matches(t, algorithm, bits)))
                return new IkeSuite(algorithm, bits, integrity, prf, group);
        }

        return null;
    }

    private static bool Matches(Transform transform, EncryptionAlgorithm algorithm, ushort bits) =>
        transform.Type == TransformType.Encryption && transform.Id == (ushort)algorithm && !transform.HasUnknownAttribute
        && (transform.KeyBits == bits || (transform.KeyBits is null && !IkeSuite.HasKeyLengthAttribute(algorithm)));

    private static bool Matches(Transform transform, EspAlgorithm algorithm) => algorithm switch
    {
        EspAlgorithm.AesGcm256 => Matches(transform, EncryptionAlgorithm.AesGcm16, 256),
        EspAlgorithm.ChaCha20Poly1305 => Matches(transform, EncryptionAlgorithm.ChaCha20Poly1305, 256),
        _ => false,
    };

    private static Transform EncryptionTransform(EncryptionAlgorithm algorithm, ushort bits) =>
        new(TransformType.Encryption, (ushort)algorithm, IkeSuite.HasKeyLengthAttribute(algorithm) ? bits : null);

    private static Transform EspTransform(EspAlgorithm algorithm) => algorithm == EspAlgorithm.AesGcm256
        ? EncryptionTransform(EncryptionAlgorithm.AesGcm16, 256)
        : EncryptionTransform(EncryptionAlgorithm.ChaCha20Poly1305, 256);

    /// <summary>Types 1 to 5 are known; <paramref name="foreign"/> does not belong in this protocol (RFC 7296 §3.3.3).</summary>
    private static bool OnlyKnownTypes(Proposal proposal, TransformType foreign) =>
        proposal.Transforms.All(t => t.Type is >= TransformType.Encryption and <= TransformType.ExtendedSequenceNumbers
                                     && t.Type != foreign);

    private static bool OnePerType(Proposal proposal) =>
        proposal.Transforms.Select(t => t.Type).Distinct().Count() == proposal.Transforms.Count;

    private static List<ushort> Ids(Proposal proposal, TransformType type)
    {
        var ids = new List<ushort>();
        foreach (var transform in proposal.Transforms)
        {
            if (transform.Type == type && transform.Attributes.Count == 0)
                ids.Add(transform.Id);
        }

        return ids;
    }

    private static byte[] SpiOctets(ulong? spi)
    {
        if (spi is not { } value)
            return [];
        var octets = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(octets, value);
        return octets;
    }
}
