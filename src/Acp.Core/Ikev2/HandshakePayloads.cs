using System.Buffers.Binary;
using Acp.Wire.Ikev2;

namespace Acp.Core.Ikev2;

/// <summary>Payloads that both sides of the initial exchanges make and read alike.</summary>
internal static class HandshakePayloads
{
    /// <summary>
    /// NAT detection (never acted on between link-local addresses, D-53), SIGNATURE_HASH_ALGORITHMS (D-22), and
    /// IKEV2_FRAGMENTATION_SUPPORTED (D-50) and USE_PPK (RFC 8784 §3), which a responder sends only if the initiator did.
    /// </summary>
    public static IEnumerable<IkePayload> InitNotifies(IkeSaId id, IkePath path, Ikev2Options options, bool fragmentation, bool usePpk)
    {
        // Nothing comes from port 0, so that the peer sees a NAT.
        var source = path.IsRemote && options.ForceEncapsulation ? (ushort)0 : path.LocalPort;
        yield return new NotifyPayload(NotifyType.NatDetectionSourceIp, NatDetection.Hash(id, path.Local, source));
        yield return new NotifyPayload(NotifyType.NatDetectionDestinationIp, NatDetection.Hash(id, path.Remote, path.RemotePort));
        var hashes = new byte[2 * options.SignatureHashes.Count];
        for (var i = 0; i < options.SignatureHashes.Count; i++)
            BinaryPrimitives.WriteUInt16BigEndian(hashes.AsSpan(2 * i), (ushort)options.SignatureHashes[i]);
        yield return new NotifyPayload(NotifyType.SignatureHashAlgorithms, hashes);
        if (fragmentation)
            yield return new NotifyPayload(NotifyType.FragmentationSupported);
        if (usePpk)
            yield return new NotifyPayload(NotifyType.UsePpk);
    }

    /// <summary>The peer announced IKE fragmentation, and we do.</summary>
    public static bool AgreesToFragment(IReadOnlyList<IkePayload> payloads, Ikev2Options options) =>
        options.Fragmentation && payloads.FindNotify(NotifyType.FragmentationSupported) is not null;

    /// <summary>The hashes that the peer takes and we know, in our order; empty when it did not say (RFC 7427 §4).</summary>
    public static IReadOnlyList<SignatureHash> PeerHashes(IReadOnlyList<IkePayload> payloads, Ikev2Options options)
    {
        var offered = new HashSet<SignatureHash>();
        foreach (var notify in payloads.OfType<NotifyPayload>().Where(n => n.Notify == NotifyType.SignatureHashAlgorithms))
        {
            for (var data = notify.Data.Span; data.Length >= 2; data = data[2..])
                offered.Add((SignatureHash)BinaryPrimitives.ReadUInt16BigEndian(data));
        }

        return [.. options.SignatureHashes.Where(offered.Contains)];
    }

    /// <summary>What the peer's NAT detection notifies say of the path, if it sent any (RFC 7296 §2.23).</summary>
    public static NatState DetectNat(IReadOnlyList<IkePayload> payloads, IkeSaId id, IkePath path, Ikev2Options options)
    {
        var source = payloads.OfType<NotifyPayload>().Where(n => n.Notify == NotifyType.NatDetectionSourceIp).ToList();
        var destination = payloads.OfType<NotifyPayload>().Where(n => n.Notify == NotifyType.NatDetectionDestinationIp).ToList();
        var remote = NatDetection.Hash(id, path.Remote, path.RemotePort);
        var local = NatDetection.Hash(id, path.Local, path.LocalPort);
        return new NatState(
            source.Count > 0 && !source.Exists(n => n.Data.Span.SequenceEqual(remote)),
            destination.Count > 0 && !destination.Exists(n => n.Data.Span.SequenceEqual(local)),
            path.IsRemote && options.ForceEncapsulation && source.Count > 0);
    }

    /// <summary>CERT payloads: leaf first, as the identity lists them (D-30).</summary>
    public static IEnumerable<IkePayload> Certificates(Ikev2Identity identity) =>
        identity.Certificates.Select(c => new CertPayload(CertificateEncoding.X509Signature, c));

    /// <summary>CERTREQ naming our trust anchors (D-31).</summary>
    public static CertReqPayload CertificateRequest(Ikev2Identity identity)
    {
        var hashes = new List<byte>();
        foreach (var hash in identity.TrustAnchorKeyHashes)
            hashes.AddRange(hash.Span);
        return new CertReqPayload(CertificateEncoding.X509Signature, hashes.ToArray());
    }

    /// <summary>Each side's selectors must cover all of IPv6 (D-33).</summary>
    public static bool CoverEverything(TsPayload tsi, TsPayload tsr) =>
        tsi.Selectors.Any(s => s.Contains(TrafficSelector.AnyIpv6)) && tsr.Selectors.Any(s => s.Contains(TrafficSelector.AnyIpv6));

    public static TsPayload? TsInitiator(IReadOnlyList<IkePayload> payloads) =>
        payloads.OfType<TsPayload>().FirstOrDefault(p => p.Type == PayloadType.TrafficSelectorInitiator);

    public static TsPayload? TsResponder(IReadOnlyList<IkePayload> payloads) =>
        payloads.OfType<TsPayload>().FirstOrDefault(p => p.Type == PayloadType.TrafficSelectorResponder);

    public static T? Find<T>(this IReadOnlyList<IkePayload> payloads)
        where T : IkePayload => payloads.OfType<T>().FirstOrDefault();

    public static NotifyPayload? FindNotify(this IReadOnlyList<IkePayload> payloads, NotifyType type) =>
        payloads.OfType<NotifyPayload>().FirstOrDefault(n => n.Notify == type);

    public static NotifyPayload? FirstError(this IReadOnlyList<IkePayload> payloads) =>
        payloads.Count == 0 ? null : payloads.OfType<NotifyPayload>().FirstOrDefault(n => n.IsError);

    /// <summary>The first unknown payload with its critical bit set, for which a message must be rejected (D-06).</summary>
    public static OpaquePayload? FirstCritical(this IReadOnlyList<IkePayload> payloads) =>
        payloads.Count == 0 ? null : payloads.OfType<OpaquePayload>().FirstOrDefault(p => p.MustBeRejected);
}
