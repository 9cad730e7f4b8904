using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Acp.Wire;

namespace Acp.Core.Identity;

/// <summary>Who we are: our ACP certificate with its chain and trust anchors, the key, and the address that follows. Owns all of it.</summary>
public sealed class NodeIdentity : IDisposable
{
    private NodeIdentity(X509Certificate2 certificate, IReadOnlyList<X509Certificate2> intermediates,
        IReadOnlyList<X509Certificate2> trustAnchors, ISigningKey key, AcpNodeName name)
    {
        Certificate = certificate;
        Intermediates = intermediates;
        TrustAnchors = trustAnchors;
        Key = key;
        Name = name;
        AcpAddress = AcpAddress.Decode(name.Address!.Value);
    }

    /// <summary>The leaf. Has its private key attached where the key lives in this process, as TLS wants it.</summary>
    public X509Certificate2 Certificate { get; }

    public IReadOnlyList<X509Certificate2> Intermediates { get; }

    public IReadOnlyList<X509Certificate2> TrustAnchors { get; }

    public ISigningKey Key { get; }

    public AcpNodeName Name { get; }

    /// <summary>Our address by its fields.</summary>
    public AcpAddress AcpAddress { get; }

    /// <summary>Our address: the first of <see cref="Prefix"/>, and our IDi and IDr (D-27).</summary>
    public Ipv6Address Address => AcpAddress.Address;

    /// <summary>The prefix that is ours: /127, /120 or /112.</summary>
    public Ipv6Prefix Prefix => AcpAddress.Prefix;

    public DateTimeOffset NotBefore => new(Certificate.NotBefore.ToUniversalTime());

    public DateTimeOffset NotAfter => new(Certificate.NotAfter.ToUniversalTime());

    /// <summary>
    /// Checks that the pieces belong together and that RFC 8994 lets a node run with them. Dates are not looked at: an
    /// expired node still has an identity, with which it may renew. On success the identity owns the pieces; otherwise the caller still does.
    /// </summary>
    public static bool TryCreate(X509Certificate2 certificate, IReadOnlyList<X509Certificate2> intermediates,
        IReadOnlyList<X509Certificate2> trustAnchors, ISigningKey key,
        [NotNullWhen(true)] out NodeIdentity? identity, out NodeIdentityRefusal refusal, out string detail)
    {
        identity = null;
        refusal = Check(certificate, intermediates, trustAnchors, key, out var name, out detail);
        if (refusal != NodeIdentityRefusal.None)
            return false;
        identity = new NodeIdentity(certificate, intermediates, trustAnchors, key, name!);
        return true;
    }

    /// <summary>CERT payloads in order: leaf, intermediates, then the trust anchors if wanted (D-30).</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> CertificatePayloads(bool withTrustAnchors) =>
        [Certificate.RawDataMemory, .. Intermediates.Select(c => c.RawDataMemory),
            .. withTrustAnchors ? TrustAnchors.Select(c => c.RawDataMemory) : []];

    /// <summary>CERTREQ's Certification Authority field: the SHA-1 of each trust anchor's SubjectPublicKeyInfo (RFC 7296 §3.7, D-31).</summary>
    public byte[] CertificationAuthorities() =>
        [.. TrustAnchors.SelectMany(c => SHA1.HashData(c.PublicKey.ExportSubjectPublicKeyInfo()))];

    /// <summary>The check that peers have to pass.</summary>
    public DomainMembershipCheck MembershipCheck() => new(Name, TrustAnchors);

    public void Dispose()
    {
        Key.Dispose();
        Certificate.Dispose();
        foreach (var certificate in Intermediates.Concat(TrustAnchors))
            certificate.Dispose();
    }

    public override string ToString() => $"{Name} ({Prefix})";

    private static NodeIdentityRefusal Check(X509Certificate2 certificate, IReadOnlyList<X509Certificate2> intermediates,
        IReadOnlyList<X509Certificate2> trustAnchors, ISigningKey key, out AcpNodeName? name, out string detail)
    {
        name = null;
        detail = "";
        if (!certificate.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(key.ExportSubjectPublicKeyInfo()))
            return Refuse(NodeIdentityRefusal.KeyMismatch, "the private key is not the certificate's", out detail);
        if (CertificateStrength.Check(certificate, isTrustAnchor: false, out detail) != PeerRefusal.None)
            return NodeIdentityRefusal.WeakCertificate;
        if (!AcpNodeNameExtension.TryRead(certificate, out name, out var why))
            return Refuse(NodeIdentityRefusal.BadAcpNodeName, $"AcpNodeName: {why}", out detail);
        if (name.Address is not { } address)
            return Refuse(NodeIdentityRefusal.NoAcpAddress, $"'{name}' has no acp-address of its own", out detail);

        var acp = AcpAddress.Decode(address);
        if (address.High >> 56 != 0xfd)
            return Refuse(NodeIdentityRefusal.NotUla, $"acp-address {address} is not in fd00::/8", out detail);
        if (acp.Scheme == AcpAddressScheme.Reserved)
            return Refuse(NodeIdentityRefusal.ReservedAddressType, $"acp-address {acp}", out detail);
        if (acp.Scheme == AcpAddressScheme.Manual)
            return Refuse(NodeIdentityRefusal.ManualAddress, $"acp-address {acp}", out detail);
        if (acp.V != 0)
            return Refuse(NodeIdentityRefusal.VBitsSet, $"acp-address {acp}", out detail);

        if (trustAnchors.Count == 0)
            return Refuse(NodeIdentityRefusal.NoTrustAnchor, "no trust anchor", out detail);
        foreach (var anchor in trustAnchors)
        {
            var isCa = anchor.Extensions.OfType<X509BasicConstraintsExtension>().FirstOrDefault()?.CertificateAuthority == true;
            if (!isCa || !anchor.SubjectName.RawData.AsSpan().SequenceEqual(anchor.IssuerName.RawData))
                return Refuse(NodeIdentityRefusal.BadTrustAnchor, $"'{anchor.Subject}' is not a self-signed CA certificate", out detail);
        }

        var own = new DomainMembershipCheck(name, trustAnchors)
            .Check([certificate.RawDataMemory, .. intermediates.Select(c => c.RawDataMemory)], date: null, MembershipPurpose.SecureChannel);
        own.Leaf?.Dispose();
        return own.IsMember
            ? NodeIdentityRefusal.None
            : Refuse(NodeIdentityRefusal.NoTrustAnchorPath, own.Detail, out detail);
    }

    private static NodeIdentityRefusal Refuse(NodeIdentityRefusal refusal, string text, out string detail)
    {
        detail = text;
        return refusal;
    }
}
