using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Acp.Core.Identity;

namespace Acp.Daemon.Ca;

/// <summary>Makes certificates as RFC 8994 §6.2.1 wants them, and those of the CAs that sign them.</summary>
internal static class AcpCertificate
{
    /// <summary>ub-common-name, ub-serial-number (RFC 5280 Appendix A.1).</summary>
    public const int MaxNameLength = 64;

    private const string SerialNumberOid = "2.5.4.5";

    /// <summary>A node's: its AcpNodeName in subjectAltName, signed by the issuer.</summary>
    public static X509Certificate2 ForNode(Subject subject, AcpNodeName name, AsymmetricAlgorithm key, X509Certificate2 issuer,
        AsymmetricAlgorithm issuerKey, DateTimeOffset notBefore, DateTimeOffset notAfter)
    {
        var request = CaKey.Request(subject.Build(), key);
        var extensions = request.CertificateExtensions;
        extensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, 0, critical: true));
        extensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        extensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], critical: false));
        extensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        extensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(issuer, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        extensions.Add(AcpNodeNameExtension.Create(name));
        return CaKey.Sign(request, issuer, issuerKey, notBefore, notAfter);
    }

    /// <summary>A CA's.</summary>
    /// <param name="issuer">Null: it signs itself.</param>
    /// <param name="pathLength">CAs that may follow; null for any number.</param>
    public static X509Certificate2 ForCa(Subject subject, AsymmetricAlgorithm key, X509Certificate2? issuer, AsymmetricAlgorithm? issuerKey,
        DateTimeOffset notBefore, DateTimeOffset notAfter, int? pathLength)
    {
        var request = CaKey.Request(subject.Build(), key);
        var subjectKey = new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, pathLength is not null, pathLength ?? 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(subjectKey);
        if (issuer is not null)
        {
            request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(issuer, true, false));
            return CaKey.Sign(request, issuer, issuerKey!, notBefore, notAfter);
        }

        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(subjectKey));
        return request.Create(request.SubjectName, CaKey.Generator(key), notBefore, notAfter, CaKey.SerialNumber());
    }

    /// <summary>Who a certificate is for, as people read it; what counts is the AcpNodeName.</summary>
    /// <param name="Domain">Cut to what a distinguished name can hold.</param>
    public sealed record Subject(string Domain, string CommonName, string? SerialNumber = null)
    {
        public X500DistinguishedName Build()
        {
            var subject = new X500DistinguishedNameBuilder();
            subject.AddOrganizationName(Domain.Length <= MaxNameLength ? Domain : Domain[..MaxNameLength]);
            subject.AddCommonName(CommonName);
            if (SerialNumber is not null)
                subject.Add(SerialNumberOid, SerialNumber, UniversalTagNumber.PrintableString);
            return subject.Build();
        }
    }
}
