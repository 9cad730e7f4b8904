using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;

namespace Acp.Core.Identity;

/// <summary>The AcpNodeName in a certificate's subjectAltName (RFC 8994 §6.2.2.1, RFC 5280 §4.2.1.6).</summary>
public static class AcpNodeNameExtension
{
    // GeneralNames ::= SEQUENCE SIZE (1..MAX) OF GeneralName
    // GeneralName ::= CHOICE {
    //      otherName   [0] OtherName,
    //      rfc822Name  [1] IA5String,
    //      ...
    //      iPAddress   [7] OCTET STRING, ... }
    // OtherName ::= SEQUENCE { type-id OBJECT IDENTIFIER, value [0] EXPLICIT ANY DEFINED BY type-id }
    // AcpNodeName ::= IA5String (SIZE (1..MAX))

    /// <summary>id-on-AcpNodeName.</summary>
    public const string Oid = "1.3.6.1.5.5.7.8.10";

    private const string SubjectAltNameOid = "2.5.29.17";
    private static readonly Asn1Tag OtherName = new(TagClass.ContextSpecific, 0, isConstructed: true);
    private static readonly Asn1Tag OtherNameValue = new(TagClass.ContextSpecific, 0, isConstructed: true);
    private static readonly Asn1Tag Rfc822Name = new(TagClass.ContextSpecific, 1);
    private static readonly Asn1Tag IpAddress = new(TagClass.ContextSpecific, 7);

    /// <summary>
    /// The extension with the otherName, and the ACP address as iPAddress beside it where there is one: peers that look
    /// an ID_IPV6_ADDR up in the certificate find it only there.
    /// </summary>
    public static X509Extension Create(AcpNodeName name, bool critical = false)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence(OtherName))
            {
                writer.WriteObjectIdentifier(Oid);
                using (writer.PushSequence(OtherNameValue))
                    writer.WriteCharacterString(UniversalTagNumber.IA5String, name.ToString());
            }

            if (name.Address is { } address)
                writer.WriteOctetString(address.ToBytes(), IpAddress);
        }

        return new X509Extension(SubjectAltNameOid, writer.Encode(), critical);
    }

    /// <summary>Finds and parses the one AcpNodeName of a certificate. Never throws on what a certificate holds.</summary>
    public static bool TryRead(X509Certificate2 certificate, [NotNullWhen(true)] out AcpNodeName? name, out AcpNodeNameRefusal refusal)
    {
        name = null;
        X509Extension? extension = null;
        foreach (var candidate in certificate.Extensions)
        {
            if (candidate.Oid?.Value != SubjectAltNameOid)
                continue;
            if (extension is not null)
            {
                refusal = AcpNodeNameRefusal.BadSubjectAltName;
                return false;
            }

            extension = candidate;
        }

        try
        {
            if (extension is not null && !TryReadGeneralNames(extension.RawData, out name, out refusal))
                return false;
            if (name is null && IsInSubject(certificate))
            {
                refusal = AcpNodeNameRefusal.WrongEncoding;
                return false;
            }
        }
        catch (AsnContentException)
        {
            name = null;
            refusal = AcpNodeNameRefusal.BadSubjectAltName;
            return false;
        }

        refusal = name is null ? AcpNodeNameRefusal.Absent : AcpNodeNameRefusal.None;
        return name is not null;
    }

    /// <summary>True with a null name when there is nothing like one.</summary>
    private static bool TryReadGeneralNames(byte[] der, out AcpNodeName? name, out AcpNodeNameRefusal refusal)
    {
        name = null;
        refusal = AcpNodeNameRefusal.None;
        var isMail = false;
        var reader = new AsnReader(der, AsnEncodingRules.DER);
        var names = reader.ReadSequence();
        reader.ThrowIfNotEmpty();
        while (names.HasData)
        {
            var tag = names.PeekTag();
            if (tag.HasSameClassAndValue(Rfc822Name) && !tag.IsConstructed)
            {
                isMail |= LooksLikeNodeName(names.ReadCharacterString(UniversalTagNumber.IA5String, Rfc822Name));
                continue;
            }

            if (!tag.HasSameClassAndValue(OtherName) || !tag.IsConstructed)
            {
                names.ReadEncodedValue();
                continue;
            }

            var other = names.ReadSequence(OtherName);
            if (other.ReadObjectIdentifier() != Oid)
                continue;
            var value = other.ReadSequence(OtherNameValue);
            other.ThrowIfNotEmpty();
            if (!value.PeekTag().HasSameClassAndValue(new Asn1Tag(UniversalTagNumber.IA5String)))
            {
                name = null;
                refusal = AcpNodeNameRefusal.WrongEncoding;
                return false;
            }

            if (name is not null)
            {
                name = null;
                refusal = AcpNodeNameRefusal.Several;
                return false;
            }

            var text = value.ReadCharacterString(UniversalTagNumber.IA5String);
            value.ThrowIfNotEmpty();
            if (!AcpNodeName.TryParse(text, out name, out refusal))
                return false;
        }

        if (name is null && isMail)
            refusal = AcpNodeNameRefusal.WrongEncoding;
        return refusal == AcpNodeNameRefusal.None;
    }

    /// <summary>Some drafts before RFC 8994 put it there (Trap 21).</summary>
    private static bool IsInSubject(X509Certificate2 certificate)
    {
        var rdns = new AsnReader(certificate.SubjectName.RawData, AsnEncodingRules.DER).ReadSequence();
        while (rdns.HasData)
        {
            var rdn = rdns.ReadSetOf();
            while (rdn.HasData)
            {
                var attribute = rdn.ReadSequence();
                attribute.ReadObjectIdentifier();
                var tag = attribute.PeekTag();
                var isText = tag.TagClass == TagClass.Universal && (UniversalTagNumber)tag.TagValue
                    is UniversalTagNumber.UTF8String or UniversalTagNumber.PrintableString or UniversalTagNumber.IA5String;
                if (isText && LooksLikeNodeName(attribute.ReadCharacterString((UniversalTagNumber)tag.TagValue)))
                    return true;
            }
        }

        return false;
    }

    /// <summary>An acp-node-name with an address, or a draft's <c>rfcSELF+…</c>; an ordinary mail address is neither.</summary>
    private static bool LooksLikeNodeName(string text) =>
        text.StartsWith("rfcSELF", StringComparison.OrdinalIgnoreCase)
        || text.StartsWith("rfc8994+", StringComparison.OrdinalIgnoreCase)
        || (AcpNodeName.TryParse(text, out var name, out _) && name.AddressField == AcpAddressField.Present);
}
