using System.Runtime.InteropServices;

namespace Acp.Linux.Interop;

/// <summary>openssl/x509.h and its neighbours of OpenSSL 3: what <see cref="LibSsl"/> hands over and takes.</summary>
internal static unsafe partial class LibCryptoX509
{
    internal const int X509_V_ERR_CERT_HAS_EXPIRED = 10;
    internal const int X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY = 20;
    internal const int X509_V_ERR_CERT_REVOKED = 23;
    internal const int X509_V_ERR_CERT_REJECTED = 28;

    private const string Library = "libcrypto.so.3";

    /// <summary>Null when the octets are none; the caller frees it.</summary>
    [LibraryImport(Library)]
    internal static partial nint d2i_X509(nint reuse, byte** der, nint length);

    [LibraryImport(Library)]
    internal static partial void X509_free(nint x509);

    /// <summary>Octets of the DER, written to and after *<paramref name="der"/> unless that is null.</summary>
    [LibraryImport(Library)]
    internal static partial int i2d_X509(nint x509, byte** der);

    /// <summary>Any kind of private key, PKCS #8 among them; the caller frees it.</summary>
    [LibraryImport(Library)]
    internal static partial nint d2i_AutoPrivateKey(nint reuse, byte** der, nint length);

    [LibraryImport(Library)]
    internal static partial int OPENSSL_sk_num(nint stack);

    [LibraryImport(Library)]
    internal static partial nint OPENSSL_sk_value(nint stack, int index);

    [LibraryImport(Library)]
    internal static partial nint X509_STORE_CTX_get0_cert(nint ctx);

    /// <summary>All that the peer sent.</summary>
    [LibraryImport(Library)]
    internal static partial nint X509_STORE_CTX_get0_untrusted(nint ctx);

    [LibraryImport(Library)]
    internal static partial void X509_STORE_CTX_set_error(nint ctx, int error);

    [LibraryImport(Library)]
    internal static partial nuint ERR_peek_last_error();

    /// <summary>Static text, or null.</summary>
    [LibraryImport(Library)]
    internal static partial nint ERR_reason_error_string(nuint error);
}
