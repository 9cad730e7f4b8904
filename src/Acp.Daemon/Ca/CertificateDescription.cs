using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Acp.Core.Identity;

namespace Acp.Daemon.Ca;

/// <summary>A certificate in words, for <c>acpd ca show</c>. What the certificate does not have is null.</summary>
public sealed record CertificateDescription
{
    public string? File { get; init; }

    public required string Subject { get; init; }

    public required string Issuer { get; init; }

    public required string SerialNumber { get; init; }

    public required DateTimeOffset NotBefore { get; init; }

    public required DateTimeOffset NotAfter { get; init; }

    /// <summary>valid, expired, not yet valid.</summary>
    public required string Validity { get; init; }

    public required string Key { get; init; }

    public required bool CertificateAuthority { get; init; }

    public string? AcpNodeName { get; init; }

    /// <summary>Why there is no AcpNodeName, for an end-entity certificate.</summary>
    public string? AcpNodeNameError { get; init; }

    public string? AcpDomainName { get; init; }

    public string? RoutingSubdomain { get; init; }

    /// <summary>The address, "0", or "omitted".</summary>
    public string? AcpAddress { get; init; }

    public string? Scheme { get; init; }

    public string? Prefix { get; init; }

    public string? RegistrarId { get; init; }

    public int? ZoneId { get; init; }

    public int? NodeNumber { get; init; }

    public int? V { get; init; }

    public required string Sha256 { get; init; }

    public static CertificateDescription Of(X509Certificate2 certificate, DateTimeOffset now, string? file = null)
    {
        var notBefore = new DateTimeOffset(certificate.NotBefore.ToUniversalTime());
        var notAfter = new DateTimeOffset(certificate.NotAfter.ToUniversalTime());
        var isCa = certificate.Extensions.OfType<X509BasicConstraintsExtension>().FirstOrDefault()?.CertificateAuthority == true;
        var hasName = AcpNodeNameExtension.TryRead(certificate, out var name, out var refusal);
        var description = new CertificateDescription
        {
            File = file,
            Subject = certificate.Subject,
            Issuer = certificate.Issuer,
            SerialNumber = certificate.SerialNumber.ToLowerInvariant(),
            NotBefore = notBefore,
            NotAfter = notAfter,
            Validity = now > notAfter ? "expired" : now < notBefore ? "not yet valid" : "valid",
            Key = DescribeKey(certificate),
            CertificateAuthority = isCa,
            AcpNodeName = name?.ToString(),
            AcpNodeNameError = hasName || isCa ? null : refusal.ToString(),
            AcpDomainName = name?.Domain,
            RoutingSubdomain = name?.RoutingSubdomain,
            AcpAddress = name is null ? null : name.Address?.ToString() ?? (name.AddressField == AcpAddressField.Zero ? "0" : "omitted"),
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(certificate.RawDataMemory.Span)),
        };
        if (name?.Address is not { } value)
            return description;
        var address = Core.Identity.AcpAddress.Decode(value);
        return description with
        {
            Scheme = address.Scheme.ToString(),
            Prefix = address.Prefix.ToString(),
            RegistrarId = address.RegistrarId.ToString("x12", CultureInfo.InvariantCulture),
            ZoneId = address.ZoneId,
            NodeNumber = address.NodeNumber,
            V = address.V,
        };
    }

    /// <summary>One "field  value" per line.</summary>
    public string ToText()
    {
        var text = new StringBuilder();
        Line("file", File);
        Line("subject", Subject);
        Line("issuer", Issuer);
        Line("kind", CertificateAuthority ? "certificate authority" : "end entity");
        Line("serial number", SerialNumber);
        Line("valid from", $"{NotBefore:u}");
        Line("valid until", $"{NotAfter:u} ({Validity})");
        Line("key", Key);
        Line("acp-node-name", AcpNodeName ?? (AcpNodeNameError is null ? null : $"none usable ({AcpNodeNameError})"));
        Line("acp-domain-name", AcpDomainName);
        Line("routing-subdomain", RoutingSubdomain);
        Line("acp-address", AcpAddress);
        Line("prefix", Prefix);
        Line("sub-scheme", Scheme);
        if (Scheme is not null)
            Line("address fields", string.Create(CultureInfo.InvariantCulture, $"Registrar-ID {RegistrarId}, Zone-ID {ZoneId}, Node-Number {NodeNumber}, V {V}"));
        Line("sha-256", Sha256);
        return text.ToString();

        void Line(string field, string? value)
        {
            if (value is not null)
                text.Append(CultureInfo.InvariantCulture, $"{field,-18} {value}\n");
        }
    }

    private static string DescribeKey(X509Certificate2 certificate)
    {
        using var ecdsa = certificate.GetECDsaPublicKey();
        if (ecdsa is not null)
            return $"ECDSA, {ecdsa.KeySize} bits";
        using var rsa = certificate.GetRSAPublicKey();
        return rsa is not null ? $"RSA, {rsa.KeySize} bits" : certificate.PublicKey.Oid.Value ?? "unknown";
    }
}
