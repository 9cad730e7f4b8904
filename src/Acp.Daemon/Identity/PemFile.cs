using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Acp.Core.Identity;

namespace Acp.Daemon.Identity;

/// <summary>PEM files, with reasons in words when they are damaged.</summary>
internal static class PemFile
{
    private const int MaxLength = 256 * 1024;
    private const string Begin = "-----BEGIN ";

    /// <summary>Null when it could not be read, with the reason.</summary>
    internal static string? TryReadText(string path, out string reason)
    {
        reason = "";
        try
        {
            if (new FileInfo(path).Length <= MaxLength)
                return File.ReadAllText(path);
            reason = $"is longer than {MaxLength} octets";
        }
        catch (FileNotFoundException)
        {
            reason = "is missing";
        }
        catch (UnauthorizedAccessException)
        {
            reason = "may not be read by us (permission denied)";
        }
        catch (IOException)
        {
            reason = "cannot be read (input/output error)";
        }

        return null;
    }

    /// <summary>Every certificate of the text. Null with a reason if there is none or one of them is damaged.</summary>
    internal static List<X509Certificate2>? TryReadCertificates(string text, out string reason)
    {
        var certificates = new List<X509Certificate2>();
        foreach (var (label, der) in Blocks(text, out reason))
        {
            if (label != "CERTIFICATE")
            {
                reason = $"holds a '{label}' where certificates belong";
                break;
            }

            try
            {
                certificates.Add(X509CertificateLoader.LoadCertificate(der));
            }
            catch (CryptographicException)
            {
                reason = $"certificate {certificates.Count + 1} is not X.509";
                break;
            }
        }

        if (reason.Length == 0 && certificates.Count > 0)
            return certificates;
        if (reason.Length == 0)
            reason = "holds no certificate in PEM";
        certificates.ForEach(c => c.Dispose());
        return null;
    }

    /// <summary>PKCS #8, SEC 1 or PKCS #1, unencrypted. Null with a reason otherwise.</summary>
    internal static ISigningKey? TryReadKey(string text, out string reason)
    {
        foreach (var (label, der) in Blocks(text, out reason))
        {
            try
            {
                switch (label)
                {
                    case "EC PARAMETERS":
                        continue;
                    case "ENCRYPTED PRIVATE KEY":
                        reason = "is encrypted; a node starts without anybody to ask for a password";
                        return null;
                    case "EC PRIVATE KEY":
                        return Import(ECDsa.Create(), (k, b) => k.ImportECPrivateKey(b, out _), k => new EcdsaSigningKey(k), der);
                    case "RSA PRIVATE KEY":
                        return Import(RSA.Create(), (k, b) => k.ImportRSAPrivateKey(b, out _), k => new RsaSigningKey(k), der);
                    case "PRIVATE KEY":
                        return TryImportPkcs8(der);
                    default:
                        reason = $"holds a '{label}' where a private key belongs";
                        return null;
                }
            }
            catch (CryptographicException)
            {
                reason = "holds a private key that is damaged, or neither RSA nor ECDSA";
                return null;
            }
            finally
            {
                CryptographicOperations.ZeroMemory(der);
            }
        }

        if (reason.Length == 0)
            reason = "holds no private key in PEM";
        return null;
    }

    private static ISigningKey TryImportPkcs8(byte[] der)
    {
        var info = Pkcs8Algorithm(der);
        return info == "1.2.840.10045.2.1"
            ? Import(ECDsa.Create(), (k, b) => k.ImportPkcs8PrivateKey(b, out _), k => new EcdsaSigningKey(k), der)
            : Import(RSA.Create(), (k, b) => k.ImportPkcs8PrivateKey(b, out _), k => (ISigningKey)new RsaSigningKey(k), der);
    }

    // PrivateKeyInfo ::= SEQUENCE { version INTEGER, privateKeyAlgorithm AlgorithmIdentifier, ... }   (RFC 5208 §5)
    private static string Pkcs8Algorithm(byte[] der)
    {
        try
        {
            var info = new AsnReader(der, AsnEncodingRules.BER).ReadSequence();
            info.ReadInteger();
            return info.ReadSequence().ReadObjectIdentifier();
        }
        catch (AsnContentException e)
        {
            throw new CryptographicException("not PKCS #8", e);
        }
    }

    private static ISigningKey Import<T>(T key, Action<T, byte[]> import, Func<T, ISigningKey> wrap, byte[] der)
        where T : AsymmetricAlgorithm
    {
        try
        {
            import(key, der);
            return wrap(key);
        }
        catch (CryptographicException)
        {
            key.Dispose();
            throw;
        }
    }

    /// <summary>The CRLs of the text, in DER; other things are passed over. A damaged block ends the list and gives the reason.</summary>
    internal static IReadOnlyList<byte[]> CrlsOf(string text, out string reason) =>
        [.. Blocks(text, out reason).Where(b => b.Label == "X509 CRL").Select(b => b.Der)];

    /// <summary>
    /// All blocks of the text. A damaged one ends the list and gives the reason: the framework's own finder would step
    /// over it, and half a file would look like a whole one.
    /// </summary>
    private static List<(string Label, byte[] Der)> Blocks(string text, out string reason)
    {
        reason = "";
        var blocks = new List<(string, byte[])>();
        var rest = text.AsSpan();
        while (rest.IndexOf(Begin) is var begin and >= 0)
        {
            rest = rest[begin..];
            var next = rest[Begin.Length..].IndexOf(Begin);
            var one = next < 0 ? rest : rest[..(next + Begin.Length)];
            if (!PemEncoding.TryFind(one, out var fields))
            {
                reason = $"PEM block {blocks.Count + 1} is damaged or cut short";
                return blocks;
            }

            blocks.Add((one[fields.Label].ToString(), Convert.FromBase64String(one[fields.Base64Data].ToString())));
            rest = rest[one.Length..];
        }

        return blocks;
    }
}
