using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Acp.Core.Identity;

/// <summary>
/// A complete CRL of one issuer (RFC 5280 §5). Read without believing it: <see cref="IsSignedBy"/> is for whoever has the
/// issuer's certificate. Not thread-safe.
/// <code>
/// CertificateList  ::=  SEQUENCE  { tbsCertList TBSCertList, signatureAlgorithm AlgorithmIdentifier, signatureValue BIT STRING }
/// TBSCertList  ::=  SEQUENCE  {
///      version                 Version OPTIONAL,              -- if present, MUST be v2
///      signature               AlgorithmIdentifier,
///      issuer                  Name,
///      thisUpdate              Time,
///      nextUpdate              Time OPTIONAL,
///      revokedCertificates     SEQUENCE OF SEQUENCE  {
///           userCertificate         CertificateSerialNumber,
///           revocationDate          Time,
///           crlEntryExtensions      Extensions OPTIONAL }  OPTIONAL,
///      crlExtensions           [0]  EXPLICIT Extensions OPTIONAL }
/// </code>
/// </summary>
public sealed class RevocationList
{
    /// <summary>Entries of one list: 8 MiB of them, and far more nodes than an ACP loses.</summary>
    public const int MaxEntries = 100_000;

    private static readonly Asn1Tag ExtensionsTag = new(TagClass.ContextSpecific, 0);

    private readonly byte[] _issuer;
    private readonly HashSet<string> _serials;
    private readonly ReadOnlyMemory<byte> _signed;
    private readonly SignatureAlgorithm _algorithm;
    private readonly byte[] _signature;

    // Signatures cost, and the issuer is nearly always the same.
    private byte[]? _lastIssuerKey;
    private bool _lastAnswer;

    private RevocationList(
        byte[] issuer, HashSet<string> serials, ReadOnlyMemory<byte> signed, SignatureAlgorithm algorithm, byte[] signature,
        DateTimeOffset thisUpdate, DateTimeOffset? nextUpdate)
    {
        _issuer = issuer;
        _serials = serials;
        _signed = signed;
        _algorithm = algorithm;
        _signature = signature;
        ThisUpdate = thisUpdate;
        NextUpdate = nextUpdate;
    }

    /// <summary>The issuer's name, for people.</summary>
    public string Issuer => new X500DistinguishedName(_issuer).Name;

    public DateTimeOffset ThisUpdate { get; }

    /// <summary>When the next one was to be there; null when it does not say.</summary>
    public DateTimeOffset? NextUpdate { get; }

    /// <summary>How many certificates it names.</summary>
    public int Count => _serials.Count;

    /// <summary>Reads one CRL, DER only, never throwing.</summary>
    public static bool TryDecode(ReadOnlyMemory<byte> der, [NotNullWhen(true)] out RevocationList? list, out RevocationListRefusal refusal)
    {
        list = null;
        try
        {
            refusal = Decode(der.ToArray(), out list);
        }
        catch (Exception e) when (e is AsnContentException or CryptographicException)
        {
            refusal = RevocationListRefusal.Malformed;
        }

        return list is not null;
    }

    /// <summary>Whether it is about certificates of this issuer's name.</summary>
    public bool IsOf(X500DistinguishedName issuer) => _issuer.AsSpan().SequenceEqual(issuer.RawData);

    /// <summary>The issuer's key made it, and may make CRLs (RFC 5280 §6.3.3 (f), (g)).</summary>
    public bool IsSignedBy(X509Certificate2 issuer)
    {
        if (issuer.Extensions.OfType<X509KeyUsageExtension>().FirstOrDefault() is { } usage && (usage.KeyUsages & X509KeyUsageFlags.CrlSign) == 0)
            return false;
        var key = issuer.PublicKey.ExportSubjectPublicKeyInfo();
        if (_lastIssuerKey is null || !_lastIssuerKey.AsSpan().SequenceEqual(key))
        {
            _lastAnswer = SignatureVerifier.Verify(issuer, _algorithm, _signed.Span, _signature);
            _lastIssuerKey = key;
        }

        return _lastAnswer;
    }

    /// <summary>Whether it names this certificate, which must be of its issuer.</summary>
    public bool Names(X509Certificate2 certificate) => _serials.Contains(Convert.ToHexString(certificate.SerialNumberBytes.Span));

    /// <summary>Whether what it does not name is good (RFC 5280 §6.3.3 (a)); without a date, it is taken to be.</summary>
    public bool IsCurrent(DateTimeOffset? date) => date is not { } now || (now >= ThisUpdate && (NextUpdate is not { } next || now <= next));

    private static RevocationListRefusal Decode(byte[] der, out RevocationList? list)
    {
        list = null;
        var outer = new AsnReader(der, AsnEncodingRules.DER);
        var certificateList = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        var signed = certificateList.PeekEncodedValue();
        var tbs = certificateList.ReadSequence();
        if (!SignatureAlgorithm.TryDecode(certificateList.ReadEncodedValue(), out var algorithm) || !SignatureVerifier.CanVerify(algorithm))
            return RevocationListRefusal.SignatureAlgorithm;
        var signature = certificateList.ReadBitString(out var unused);
        certificateList.ThrowIfNotEmpty();
        if (unused != 0)
            return RevocationListRefusal.Malformed;

        if (tbs.PeekTag() == Asn1Tag.Integer)
            tbs.ReadInteger();
        tbs.ReadEncodedValue();
        var issuer = tbs.ReadEncodedValue().ToArray();
        var thisUpdate = ReadTime(tbs);
        var nextUpdate = tbs.HasData && IsTime(tbs.PeekTag()) ? ReadTime(tbs) : (DateTimeOffset?)null;
        var serials = new HashSet<string>();
        if (tbs.HasData && tbs.PeekTag() == Asn1Tag.Sequence)
        {
            var entries = tbs.ReadSequence();
            while (entries.HasData)
            {
                if (serials.Count == MaxEntries)
                    return RevocationListRefusal.TooManyEntries;
                var entry = entries.ReadSequence();
                serials.Add(Convert.ToHexString(entry.ReadIntegerBytes().Span));
                ReadTime(entry);
                if (entry.HasData && HasCritical(entry.ReadSequence()))
                    return RevocationListRefusal.CriticalExtension;
                entry.ThrowIfNotEmpty();
            }
        }

        if (tbs.HasData)
        {
            var explicitly = tbs.ReadSequence(ExtensionsTag);
            if (HasCritical(explicitly.ReadSequence()))
                return RevocationListRefusal.CriticalExtension;
            explicitly.ThrowIfNotEmpty();
        }

        tbs.ThrowIfNotEmpty();
        list = new RevocationList(issuer, serials, signed, algorithm, signature, thisUpdate, nextUpdate);
        return RevocationListRefusal.None;
    }

    private static bool IsTime(Asn1Tag tag) => tag == Asn1Tag.UtcTime || tag == Asn1Tag.GeneralizedTime;

    private static DateTimeOffset ReadTime(AsnReader reader) =>
        reader.PeekTag() == Asn1Tag.UtcTime ? reader.ReadUtcTime() : reader.ReadGeneralizedTime();

    /// <summary>We understand none of the extensions that may be critical, and then must not use the list (RFC 5280 §5.2).</summary>
    private static bool HasCritical(AsnReader extensions)
    {
        var critical = false;
        while (extensions.HasData)
        {
            var extension = extensions.ReadSequence();
            extension.ReadObjectIdentifier();
            if (extension.PeekTag() == Asn1Tag.Boolean)
                critical |= extension.ReadBoolean();
            extension.ReadOctetString();
            extension.ThrowIfNotEmpty();
        }

        return critical;
    }
}
