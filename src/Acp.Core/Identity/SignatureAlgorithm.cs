using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Security.Cryptography;

namespace Acp.Core.Identity;

/// <summary>
/// A signature algorithm that we accept, in certificates and in AUTH (RFC 7427 §3): RSA PKCS#1 v1.5, RSASSA-PSS or
/// ECDSA, over SHA-2 of 256 bits or more. Compares by value.
/// </summary>
/// <param name="PssSaltLength">Octets, for RSASSA-PSS.</param>
public sealed record SignatureAlgorithm(SignatureScheme Scheme, HashAlgorithmName Hash, int PssSaltLength = 0)
{
    // AlgorithmIdentifier ::= SEQUENCE { algorithm OBJECT IDENTIFIER, parameters ANY DEFINED BY algorithm OPTIONAL }
    // RSASSA-PSS-params ::= SEQUENCE {
    //      hashAlgorithm     [0] HashAlgorithm    DEFAULT sha1,
    //      maskGenAlgorithm  [1] MaskGenAlgorithm DEFAULT mgf1SHA1,
    //      saltLength        [2] INTEGER          DEFAULT 20,
    //      trailerField      [3] TrailerField     DEFAULT trailerFieldBC }      (RFC 4055 §3.1)

    private const string RsassaPss = "1.2.840.113549.1.1.10";
    private const string Mgf1 = "1.2.840.113549.1.1.8";
    private const int DefaultSaltLength = 20;
    private const int MaxSaltLength = 512;

    private static readonly (string Oid, SignatureScheme Scheme, HashAlgorithmName Hash)[] Fixed =
    [
        ("1.2.840.113549.1.1.11", SignatureScheme.RsaPkcs1, HashAlgorithmName.SHA256),
        ("1.2.840.113549.1.1.12", SignatureScheme.RsaPkcs1, HashAlgorithmName.SHA384),
        ("1.2.840.113549.1.1.13", SignatureScheme.RsaPkcs1, HashAlgorithmName.SHA512),
        ("1.2.840.10045.4.3.2", SignatureScheme.Ecdsa, HashAlgorithmName.SHA256),
        ("1.2.840.10045.4.3.3", SignatureScheme.Ecdsa, HashAlgorithmName.SHA384),
        ("1.2.840.10045.4.3.4", SignatureScheme.Ecdsa, HashAlgorithmName.SHA512),
    ];

    private static readonly (string Oid, HashAlgorithmName Hash)[] Hashes =
    [
        ("2.16.840.1.101.3.4.2.1", HashAlgorithmName.SHA256),
        ("2.16.840.1.101.3.4.2.2", HashAlgorithmName.SHA384),
        ("2.16.840.1.101.3.4.2.3", HashAlgorithmName.SHA512),
    ];

    /// <summary>Octets of the hash.</summary>
    public int HashLength => Hash == HashAlgorithmName.SHA256 ? 32 : Hash == HashAlgorithmName.SHA384 ? 48 : 64;

    /// <summary>False for anything else: SHA-1, empty PSS parameters (which mean SHA-1), broken DER, trailing octets.</summary>
    public static bool TryDecode(ReadOnlyMemory<byte> algorithmIdentifier, [NotNullWhen(true)] out SignatureAlgorithm? algorithm)
    {
        algorithm = null;
        try
        {
            var reader = new AsnReader(algorithmIdentifier, AsnEncodingRules.DER);
            var sequence = reader.ReadSequence();
            reader.ThrowIfNotEmpty();
            var oid = sequence.ReadObjectIdentifier();
            if (oid == RsassaPss)
                return TryDecodePss(sequence, out algorithm);
            foreach (var (known, scheme, hash) in Fixed)
            {
                if (known != oid)
                    continue;
                // ECDSA has no parameters (RFC 5758 §3.2); PKCS#1 has NULL, which some leave out (RFC 4055 §5).
                if (scheme == SignatureScheme.RsaPkcs1 && sequence.HasData)
                    sequence.ReadNull();
                sequence.ThrowIfNotEmpty();
                algorithm = new SignatureAlgorithm(scheme, hash);
                return true;
            }
        }
        catch (AsnContentException)
        {
        }

        return false;
    }

    /// <summary>The AlgorithmIdentifier as DER, as RFC 7427 Appendix A prints it.</summary>
    public byte[] Encode()
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            if (Scheme == SignatureScheme.RsaPss)
                EncodePss(writer);
            else
            {
                writer.WriteObjectIdentifier(Fixed.First(f => f.Scheme == Scheme && f.Hash == Hash).Oid);
                if (Scheme == SignatureScheme.RsaPkcs1)
                    writer.WriteNull();
            }
        }

        return writer.Encode();
    }

    private static bool TryDecodePss(AsnReader sequence, out SignatureAlgorithm? algorithm)
    {
        algorithm = null;
        if (!sequence.HasData)
            return false;
        var parameters = sequence.ReadSequence();
        sequence.ThrowIfNotEmpty();
        if (!NextIs(parameters, 0))
            return false;
        var hashField = parameters.ReadSequence(Context(0));
        var hasHash = TryReadHash(hashField, out var hash);
        hashField.ThrowIfNotEmpty();
        if (!hasHash || !NextIs(parameters, 1))
            return false;

        var mgfField = parameters.ReadSequence(Context(1));
        var mgf = mgfField.ReadSequence();
        mgfField.ThrowIfNotEmpty();
        if (mgf.ReadObjectIdentifier() != Mgf1 || !TryReadHash(mgf, out var mgfHash) || mgfHash != hash)
            return false;
        mgf.ThrowIfNotEmpty();

        var salt = DefaultSaltLength;
        if (NextIs(parameters, 2))
        {
            var field = parameters.ReadSequence(Context(2));
            if (!field.TryReadInt32(out salt) || salt is < 0 or > MaxSaltLength)
                return false;
            field.ThrowIfNotEmpty();
        }

        if (NextIs(parameters, 3))
        {
            var field = parameters.ReadSequence(Context(3));
            if (!field.TryReadInt32(out var trailer) || trailer != 1)
                return false;
            field.ThrowIfNotEmpty();
        }

        parameters.ThrowIfNotEmpty();
        algorithm = new SignatureAlgorithm(SignatureScheme.RsaPss, hash, salt);
        return true;
    }

    private static bool TryReadHash(AsnReader reader, out HashAlgorithmName hash)
    {
        var identifier = reader.ReadSequence();
        var oid = identifier.ReadObjectIdentifier();
        if (identifier.HasData)
            identifier.ReadNull();
        identifier.ThrowIfNotEmpty();
        hash = default;
        foreach (var (known, name) in Hashes)
        {
            if (known == oid)
                hash = name;
        }

        return hash != default;
    }

    private void EncodePss(AsnWriter writer)
    {
        writer.WriteObjectIdentifier(RsassaPss);
        using (writer.PushSequence())
        {
            using (writer.PushSequence(Context(0)))
                WriteHash(writer);
            using (writer.PushSequence(Context(1)))
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(Mgf1);
                WriteHash(writer);
            }

            if (PssSaltLength != DefaultSaltLength)
            {
                using (writer.PushSequence(Context(2)))
                    writer.WriteInteger(PssSaltLength);
            }
        }
    }

    private void WriteHash(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(Hashes.First(h => h.Hash == Hash).Oid);
            writer.WriteNull();
        }
    }

    private static bool NextIs(AsnReader reader, int tag) => reader.HasData && reader.PeekTag().HasSameClassAndValue(Context(tag));

    private static Asn1Tag Context(int value) => new(TagClass.ContextSpecific, value, isConstructed: true);
}
