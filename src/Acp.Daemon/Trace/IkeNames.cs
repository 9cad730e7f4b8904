using System.Globalization;
using System.Text.Json;
using Acp.Core;
using Acp.Core.Ikev2;
using Acp.Wire.Ikev2;

namespace Acp.Daemon.Trace;

/// <summary>The names that RFCs and IANA's registries give to IKEv2's numbers, which is what other programs print too. Unknown ones stay numbers.</summary>
internal static class IkeNames
{
    public static string Of(ExchangeType exchange) => exchange switch
    {
        ExchangeType.IkeSaInit => "IKE_SA_INIT",
        ExchangeType.IkeAuth => "IKE_AUTH",
        ExchangeType.CreateChildSa => "CREATE_CHILD_SA",
        ExchangeType.Informational => "INFORMATIONAL",
        _ => Known(exchange, ""),
    };

    public static string Of(PayloadType payload) => payload switch
    {
        PayloadType.SecurityAssociation => "SA",
        PayloadType.KeyExchange => "KE",
        PayloadType.IdInitiator => "IDi",
        PayloadType.IdResponder => "IDr",
        PayloadType.Certificate => "CERT",
        PayloadType.CertificateRequest => "CERTREQ",
        PayloadType.Authentication => "AUTH",
        PayloadType.Nonce => "Nonce",
        PayloadType.Notify => "N",
        PayloadType.Delete => "D",
        PayloadType.VendorId => "V",
        PayloadType.TrafficSelectorInitiator => "TSi",
        PayloadType.TrafficSelectorResponder => "TSr",
        PayloadType.Encrypted => "SK",
        PayloadType.Configuration => "CP",
        PayloadType.Eap => "EAP",
        PayloadType.EncryptedFragment => "SKF",
        _ => Known(payload, ""),
    };

    public static string Of(NotifyType notify) => notify switch
    {
        NotifyType.FragmentationSupported => "IKEV2_FRAGMENTATION_SUPPORTED",
        NotifyType.AdditionalIp4Address => "ADDITIONAL_IP4_ADDRESS",
        NotifyType.AdditionalIp6Address => "ADDITIONAL_IP6_ADDRESS",
        NotifyType.Cookie2 => "COOKIE2",
        NotifyType.InvalidKePayload => "INVALID_KE_PAYLOAD",
        NotifyType.IpCompSupported => "IPCOMP_SUPPORTED",
        NotifyType.EspTfcPaddingNotSupported => "ESP_TFC_PADDING_NOT_SUPPORTED",
        NotifyType.NatDetectionSourceIp => "NAT_DETECTION_SOURCE_IP",
        NotifyType.NatDetectionDestinationIp => "NAT_DETECTION_DESTINATION_IP",
        _ => Known(notify, (ushort)notify < 16384 ? "error " : "status "),
    };

    public static string Of(ProtocolId protocol) => protocol switch
    {
        ProtocolId.None => "-",
        ProtocolId.Ike => "IKE",
        ProtocolId.Ah => "AH",
        ProtocolId.Esp => "ESP",
        _ => Known(protocol, ""),
    };

    public static string Of(IdType id) => id switch
    {
        IdType.Ipv4Address => "ID_IPV4_ADDR",
        IdType.Fqdn => "ID_FQDN",
        IdType.Rfc822Address => "ID_RFC822_ADDR",
        IdType.Ipv6Address => "ID_IPV6_ADDR",
        IdType.DerAsn1Dn => "ID_DER_ASN1_DN",
        IdType.DerAsn1Gn => "ID_DER_ASN1_GN",
        IdType.KeyId => "ID_KEY_ID",
        _ => Known(id, "ID type "),
    };

    public static string Of(AuthMethod method) => method switch
    {
        AuthMethod.RsaDigitalSignature => "RSA Digital Signature",
        AuthMethod.SharedKeyMic => "Shared Key Message Integrity Code",
        AuthMethod.DigitalSignature => "Digital Signature",
        _ => Known(method, "method "),
    };

    public static string Of(EncryptionAlgorithm encryption, int? keyBits) => encryption switch
    {
        EncryptionAlgorithm.Null => "NULL",
        EncryptionAlgorithm.AesCbc => "AES_CBC",
        EncryptionAlgorithm.AesGcm16 => "AES_GCM_16",
        EncryptionAlgorithm.ChaCha20Poly1305 => "CHACHA20_POLY1305",
        _ => Known(encryption, "ENCR "),
    } + (keyBits is { } bits ? string.Create(CultureInfo.InvariantCulture, $"_{bits}") : "");

    public static string Of(PrfAlgorithm prf) => prf switch
    {
        PrfAlgorithm.HmacSha2_256 => "PRF_HMAC_SHA2_256",
        PrfAlgorithm.HmacSha2_384 => "PRF_HMAC_SHA2_384",
        PrfAlgorithm.HmacSha2_512 => "PRF_HMAC_SHA2_512",
        _ => Known(prf, "PRF "),
    };

    public static string Of(IntegrityAlgorithm integrity) => integrity switch
    {
        IntegrityAlgorithm.HmacSha2_256_128 => "HMAC_SHA2_256_128",
        IntegrityAlgorithm.HmacSha2_384_192 => "HMAC_SHA2_384_192",
        IntegrityAlgorithm.HmacSha2_512_256 => "HMAC_SHA2_512_256",
        _ => Known(integrity, "INTEG "),
    };

    public static string Of(DhGroup group) => group switch
    {
        DhGroup.Modp2048 => "MODP_2048",
        DhGroup.Modp3072 => "MODP_3072",
        DhGroup.Modp4096 => "MODP_4096",
        DhGroup.Ecp256 => "ECP_256",
        DhGroup.Ecp384 => "ECP_384",
        DhGroup.Ecp521 => "ECP_521",
        DhGroup.Curve25519 => "CURVE_25519",
        _ => Known(group, "group "),
    };

    public static string Of(SignatureHash hash) => hash switch
    {
        SignatureHash.Sha1 => "SHA1",
        SignatureHash.Sha2_256 => "SHA2_256",
        SignatureHash.Sha2_384 => "SHA2_384",
        SignatureHash.Sha2_512 => "SHA2_512",
        _ => Known(hash, "hash "),
    };

    public static string Of(EspAlgorithm algorithm) =>
        algorithm == EspAlgorithm.AesGcm256 ? Of(EncryptionAlgorithm.AesGcm16, 256) : Of(EncryptionAlgorithm.ChaCha20Poly1305, null);

    public static string Of(IkeSuite suite)
    {
        var keyBits = IkeSuite.HasKeyLengthAttribute(suite.Encryption) ? suite.KeyBits : (int?)null;
        return string.Join('/', [
            Of(suite.Encryption, keyBits),
            .. suite.Integrity == IntegrityAlgorithm.None ? Array.Empty<string>() : [Of(suite.Integrity)],
            Of(suite.Prf),
            Of(suite.Group)]);
    }

    public static string Of(Transform transform) => transform.Type switch
    {
        TransformType.Encryption => Of((EncryptionAlgorithm)transform.Id, transform.KeyBits),
        TransformType.Prf => Of((PrfAlgorithm)transform.Id),
        TransformType.Integrity => transform.Id == 0 ? "no integrity" : Of((IntegrityAlgorithm)transform.Id),
        TransformType.KeyExchange => transform.Id == 0 ? "no key exchange" : Of((DhGroup)transform.Id),
        TransformType.ExtendedSequenceNumbers => transform.Id switch
        {
            0 => "no ESN",
            1 => "ESN",
            _ => string.Create(CultureInfo.InvariantCulture, $"ESN {transform.Id}"),
        },
        _ => string.Create(CultureInfo.InvariantCulture, $"transform {(byte)transform.Type}/{transform.Id}"),
    };

    /// <summary>The name in capitals with underscores, which is how most are written; a number when we have no name.</summary>
    private static string Known<T>(T value, string prefix)
        where T : struct, Enum =>
        Enum.IsDefined(value)
            ? JsonNamingPolicy.SnakeCaseUpper.ConvertName(value.ToString())
            : prefix + value.ToString("D");
}
