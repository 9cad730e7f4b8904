using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Acp.Core.Identity;

/// <summary>
/// The ACP domain membership check, rules 2 to 5 (RFC 8994 §6.2.3). Rule 1, possession of the key, belongs to the
/// channel protocol. Nothing is fetched from anywhere: the path is built from what the peer sent and our trust anchors.
/// Takes milliseconds; not thread-safe.
/// </summary>
/// <param name="own">Our own name, for the domain.</param>
/// <param name="trustAnchors">Self-signed CA certificates, kept by reference.</param>
public sealed class DomainMembershipCheck(AcpNodeName own, IReadOnlyList<X509Certificate2> trustAnchors)
{
    /// <summary>Certificates we look at: a leaf, two intermediates and two trust anchors are usual .</summary>
    public const int MaxCertificates = 8;

    /// <summary>Octets of one certificate.</summary>
    public const int MaxCertificateLength = 16384;

    private const string CrlDistributionPointsOid = "2.5.29.31";
    private const string AuthorityInfoAccessOid = "1.3.6.1.5.5.7.1.1";

    /// <summary>Rule 3: what this node knows of revocation. Empty for nothing.</summary>
    public RevocationLists Revocation { get; set; } = RevocationLists.None;

    /// <param name="certificates">DER, leaf first, the others in any order.</param>
    /// <param name="date">Null when unknown: validity periods are not looked at .</param>
    public MembershipResult Check(IReadOnlyList<ReadOnlyMemory<byte>> certificates, DateTimeOffset? date, MembershipPurpose purpose)
    {
        if (certificates.Count == 0)
            return Refuse(PeerRefusal.NoCertificate, "no certificate");
        if (certificates.Count > MaxCertificates)
            return Refuse(PeerRefusal.TooManyCertificates, $"{certificates.Count} certificates");

        X509Certificate2? leaf = null;
        var others = new X509Certificate2Collection();
        try
        {
            for (var i = 0; i < certificates.Count; i++)
            {
                var text = i == 0 ? "the peer's certificate" : $"certificate {i + 1}";
                if (certificates[i].Length > MaxCertificateLength)
                    return Refuse(PeerRefusal.TooManyCertificates, $"{text} has {certificates[i].Length} octets", leaf);
                // Peers may send a trust anchor (C-22). We believe our own copy.
                if (i > 0 && IsTrustAnchor(certificates[i].Span))
                    continue;
                if (!TryLoad(certificates[i].Span, out var certificate))
                    return Refuse(PeerRefusal.MalformedCertificate, $"{text} cannot be read", leaf);
                if (i == 0)
                    leaf = certificate;
                else
                    others.Add(certificate);
            }

            return CheckPath(leaf!, others, date, purpose);
        }
        finally
        {
            foreach (var other in others)
                other.Dispose();
        }
    }

    /// <summary>Loads one certificate, DER only, never throwing.</summary>
    public static bool TryLoad(ReadOnlySpan<byte> der, [NotNullWhen(true)] out X509Certificate2? certificate)
    {
        certificate = null;
        try
        {
            // 0x30, SEQUENCE: the loader would also take PEM.
            if (der.Length == 0 || der[0] != 0x30)
                return false;
            certificate = X509CertificateLoader.LoadCertificate(der);
            if (certificate.RawDataMemory.Length == der.Length)
                return true;
            certificate.Dispose();
            certificate = null;
            return false;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private bool IsTrustAnchor(ReadOnlySpan<byte> der)
    {
        foreach (var anchor in trustAnchors)
        {
            if (der.SequenceEqual(anchor.RawDataMemory.Span))
                return true;
        }

        return false;
    }

    private MembershipResult CheckPath(X509Certificate2 leaf, X509Certificate2Collection others, DateTimeOffset? date, MembershipPurpose purpose)
    {
        // First, so that a weak leaf is called weak, whatever the library thinks of it.
        var strength = CertificateStrength.Check(leaf, isTrustAnchor: false, out var detail);
        if (strength != PeerRefusal.None)
            return Refuse(strength, $"the peer's certificate: {detail}", leaf);

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.ExtraStore.AddRange(others);
        foreach (var anchor in trustAnchors)
            chain.ChainPolicy.CustomTrustStore.Add(anchor);
        // The dates are judged below: the library calls a certificate expired in the very second of its notAfter, which
        // still belongs to the validity period (RFC 5280 §4.1.2.5). The time helps it choose between two paths.
        chain.ChainPolicy.VerificationFlags = X509VerificationFlags.IgnoreNotTimeValid;
        if (date is { } known)
            chain.ChainPolicy.VerificationTime = known.UtcDateTime;

        try
        {
            var isValid = chain.Build(leaf);
            var isGood = false;
            return CheckElements(chain, isValid, date, leaf, out var notBefore, out var notAfter)
                ?? CheckRevocation(chain, date, leaf, out isGood)
                ?? CheckName(leaf, notBefore, notAfter, purpose, isGood);
        }
        catch (CryptographicException e)
        {
            return Refuse(PeerRefusal.InvalidPath, $"path validation failed ({e.HResult:x8})", leaf);
        }
        finally
        {
            foreach (var element in chain.ChainElements)
                element.Certificate.Dispose();
        }
    }

    /// <summary>Null when the path is good. What is most wrong is said first: no path, then weak, then dates, then the rest.</summary>
    private static MembershipResult? CheckElements(X509Chain chain, bool isValid, DateTimeOffset? date, X509Certificate2 leaf,
        out DateTimeOffset notBefore, out DateTimeOffset notAfter)
    {
        notBefore = DateTimeOffset.MinValue;
        notAfter = DateTimeOffset.MaxValue;
        var statuses = X509ChainStatusFlags.NoError;
        foreach (var status in chain.ChainStatus)
            statuses |= status.Status;

        if ((statuses & (X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.UntrustedRoot)) != 0)
        {
            var last = chain.ChainElements.Count > 0 ? chain.ChainElements[^1].Certificate.Issuer : leaf.Issuer;
            return Refuse(PeerRefusal.NoTrustAnchorPath, $"no trust anchor of ours for issuer '{last}'", leaf);
        }

        if ((statuses & X509ChainStatusFlags.NotSignatureValid) != 0)
            return Refuse(PeerRefusal.NoTrustAnchorPath, "a signature in the path does not verify", leaf);

        // The first is the leaf, which was judged before.
        for (var i = 1; i < chain.ChainElements.Count; i++)
        {
            var certificate = chain.ChainElements[i].Certificate;
            var strength = CertificateStrength.Check(certificate, i == chain.ChainElements.Count - 1, out var detail);
            if (strength != PeerRefusal.None)
                return Refuse(strength, $"'{certificate.Subject}': {detail}", leaf);
        }

        foreach (var element in chain.ChainElements)
        {
            var (from, until) = Validity(element.Certificate);
            // Certificates count whole seconds, and one may end with the last second that a date can say (RFC 5280 §4.1.2.5).
            if (date is { } at && at - until >= TimeSpan.FromSeconds(1))
                return Refuse(PeerRefusal.Expired, $"'{element.Certificate.Subject}' expired at {until:u}", leaf);
            if (date < from)
                return Refuse(PeerRefusal.NotYetValid, $"'{element.Certificate.Subject}' is valid from {from:u}", leaf);
            notBefore = from > notBefore ? from : notBefore;
            notAfter = until < notAfter ? until : notAfter;
        }

        return isValid ? null : Refuse(PeerRefusal.InvalidPath, $"path validation: {statuses}", leaf);
    }

    /// <summary>Null unless a certificate of the path is revoked. Trust anchors are ours, and answer to nobody.</summary>
    /// <param name="isGood">Every one of them is known to be good.</param>
    private MembershipResult? CheckRevocation(X509Chain chain, DateTimeOffset? date, X509Certificate2 leaf, out bool isGood)
    {
        isGood = true;
        for (var i = 0; i + 1 < chain.ChainElements.Count; i++)
        {
            var certificate = chain.ChainElements[i].Certificate;
            var status = Revocation.StatusOf(certificate, chain.ChainElements[i + 1].Certificate, date);
            if (status == RevocationStatus.Revoked)
                return Refuse(PeerRefusal.Revoked, $"'{certificate.Subject}', serial {certificate.SerialNumber.ToLowerInvariant()}, is revoked", leaf);
            isGood &= status == RevocationStatus.Good;
        }

        return null;
    }

    private MembershipResult CheckName(X509Certificate2 leaf, DateTimeOffset notBefore, DateTimeOffset notAfter, MembershipPurpose purpose, bool isGood)
    {
        if (leaf.Extensions.OfType<X509KeyUsageExtension>().FirstOrDefault() is { } usage
            && (usage.KeyUsages & (X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.NonRepudiation)) == 0)
            return Refuse(PeerRefusal.KeyUsage, $"keyUsage is {usage.KeyUsages}", leaf);

        if (!AcpNodeNameExtension.TryRead(leaf, out var name, out var why))
        {
            return why switch
            {
                AcpNodeNameRefusal.Absent => Refuse(PeerRefusal.NoAcpNodeName, "no AcpNodeName in subjectAltName", leaf),
                AcpNodeNameRefusal.WrongEncoding => Refuse(PeerRefusal.AcpNodeNameWrongEncoding,
                    "the AcpNodeName is not an IA5String in an otherName", leaf),
                _ => Refuse(PeerRefusal.InvalidAcpNodeName, $"the AcpNodeName is invalid: {why}", leaf),
            };
        }

        if (!own.IsSameDomain(name))
            return Refuse(PeerRefusal.OtherDomain, $"a member of '{name.Domain}', we are of '{own.Domain}'", leaf, name);
        if (purpose == MembershipPurpose.SecureChannel && name.AddressField == AcpAddressField.Omitted)
            return Refuse(PeerRefusal.NoAcpAddress, $"'{name}' has no acp-address", leaf, name);
        return new MembershipResult(PeerRefusal.None, "", leaf, name, notAfter, !isGood && NamesRevocationSource(leaf)) { NotBefore = notBefore, KnownGood = isGood };
    }

    private static bool NamesRevocationSource(X509Certificate2 certificate)
    {
        foreach (var extension in certificate.Extensions)
        {
            if (extension.Oid?.Value == CrlDistributionPointsOid)
                return true;
            if (extension.Oid?.Value == AuthorityInfoAccessOid)
            {
                try
                {
                    if (new X509AuthorityInformationAccessExtension(extension.RawData).EnumerateOcspUris().Any())
                        return true;
                }
                catch (CryptographicException)
                {
                    // Unreadable: nobody can be asked, but somebody was meant.
                    return true;
                }
            }
        }

        return false;
    }

    private static (DateTimeOffset From, DateTimeOffset Until) Validity(X509Certificate2 certificate) =>
        (new DateTimeOffset(certificate.NotBefore.ToUniversalTime()), new DateTimeOffset(certificate.NotAfter.ToUniversalTime()));

    private static MembershipResult Refuse(PeerRefusal refusal, string detail, X509Certificate2? leaf = null, AcpNodeName? name = null) =>
        new(refusal, detail, leaf, name, default, false);
}
