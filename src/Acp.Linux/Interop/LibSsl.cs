using System.Runtime.InteropServices;

namespace Acp.Linux.Interop;

/// <summary>
/// openssl/ssl.h of OpenSSL 3, for TLS that the event loop drives by itself, with the cipher suites of RFC 8994 §6.1 and
/// sessions resumed: .NET's stream offers one or the other. It is the same library that .NET itself loads. Functions that
/// return int return 1 for success.
/// </summary>
internal static unsafe partial class LibSsl
{
    internal const int SSL_ERROR_WANT_READ = 2;
    internal const int SSL_ERROR_WANT_WRITE = 3;
    internal const int SSL_ERROR_ZERO_RETURN = 6;

    internal const int SSL_VERIFY_PEER = 1;
    internal const int SSL_VERIFY_FAIL_IF_NO_PEER_CERT = 2;

    internal const int SSL_CTRL_MODE = 33;
    internal const int SSL_CTRL_SET_SESS_CACHE_SIZE = 42;
    internal const int SSL_CTRL_SET_SESS_CACHE_MODE = 44;
    internal const int SSL_CTRL_CHAIN_CERT = 89;
    internal const int SSL_CTRL_SET_GROUPS_LIST = 92;
    internal const int SSL_CTRL_SET_MIN_PROTO_VERSION = 123;

    internal const long SSL_MODE_ENABLE_PARTIAL_WRITE = 1;
    internal const long SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER = 2;
    internal const long SSL_MODE_RELEASE_BUFFERS = 0x10;
    internal const long SSL_SESS_CACHE_SERVER = 2;
    internal const long TLS1_2_VERSION = 0x0303;

    internal const ulong SSL_OP_IGNORE_UNEXPECTED_EOF = 1UL << 7;
    internal const ulong SSL_OP_NO_TICKET = 1UL << 14;
    internal const ulong SSL_OP_NO_COMPRESSION = 1UL << 17;
    internal const ulong SSL_OP_CIPHER_SERVER_PREFERENCE = 1UL << 22;
    internal const ulong SSL_OP_NO_RENEGOTIATION = 1UL << 30;

    private const string Library = "libssl.so.3";

    [LibraryImport(Library)]
    internal static partial nint TLS_method();

    [LibraryImport(Library)]
    internal static partial nint SSL_CTX_new(nint method);

    [LibraryImport(Library)]
    internal static partial void SSL_CTX_free(nint ctx);

    [LibraryImport(Library)]
    internal static partial nint SSL_CTX_ctrl(nint ctx, int cmd, nint larg, nint parg);

    [LibraryImport(Library)]
    internal static partial ulong SSL_CTX_set_options(nint ctx, ulong options);

    /// <summary>TLS 1.2.</summary>
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SSL_CTX_set_cipher_list(nint ctx, string suites);

    /// <summary>TLS 1.3.</summary>
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SSL_CTX_set_ciphersuites(nint ctx, string suites);

    [LibraryImport(Library)]
    internal static partial int SSL_CTX_use_certificate_ASN1(nint ctx, int len, ReadOnlySpan<byte> der);

    /// <summary>Takes a reference of its own.</summary>
    [LibraryImport(Library)]
    internal static partial int SSL_CTX_use_PrivateKey(nint ctx, nint pkey);

    [LibraryImport(Library)]
    internal static partial int SSL_CTX_check_private_key(nint ctx);

    [LibraryImport(Library)]
    internal static partial void SSL_CTX_set_verify(nint ctx, int mode, nint callback);

    /// <summary>In place of OpenSSL's own look at the peer's chain: (X509_STORE_CTX*, arg), 1 for good.</summary>
    [LibraryImport(Library)]
    internal static partial void SSL_CTX_set_cert_verify_callback(nint ctx, delegate* unmanaged<nint, nint, int> callback, nint arg);

    [LibraryImport(Library)]
    internal static partial int SSL_CTX_set_session_id_context(nint ctx, ReadOnlySpan<byte> sid_ctx, uint len);

    /// <summary>Of TLS 1.3, after a full handshake.</summary>
    [LibraryImport(Library)]
    internal static partial int SSL_CTX_set_num_tickets(nint ctx, nuint tickets);

    [LibraryImport(Library)]
    internal static partial nint SSL_new(nint ctx);

    [LibraryImport(Library)]
    internal static partial void SSL_free(nint ssl);

    [LibraryImport(Library)]
    internal static partial int SSL_set_fd(nint ssl, int fd);

    [LibraryImport(Library)]
    internal static partial void SSL_set_connect_state(nint ssl);

    [LibraryImport(Library)]
    internal static partial void SSL_set_accept_state(nint ssl);

    [LibraryImport(Library)]
    internal static partial int SSL_do_handshake(nint ssl);

    [LibraryImport(Library)]
    internal static partial int SSL_read(nint ssl, Span<byte> buffer, int length);

    [LibraryImport(Library)]
    internal static partial int SSL_write(nint ssl, ReadOnlySpan<byte> bytes, int length);

    [LibraryImport(Library)]
    internal static partial int SSL_shutdown(nint ssl);

    [LibraryImport(Library)]
    internal static partial int SSL_get_error(nint ssl, int result);

    [LibraryImport(Library)]
    internal static partial int SSL_session_reused(nint ssl);

    /// <summary>Takes a reference of its own.</summary>
    [LibraryImport(Library)]
    internal static partial int SSL_set_session(nint ssl, nint session);

    /// <summary>The caller frees it; null without one.</summary>
    [LibraryImport(Library)]
    internal static partial nint SSL_get1_session(nint ssl);

    [LibraryImport(Library)]
    internal static partial int SSL_SESSION_is_resumable(nint session);

    [LibraryImport(Library)]
    internal static partial void SSL_SESSION_free(nint session);

    /// <summary>The caller frees it; null without one.</summary>
    [LibraryImport(Library)]
    internal static partial nint SSL_get1_peer_certificate(nint ssl);

    /// <summary>A stack that is not the caller's; on the server's side the leaf is not in it.</summary>
    [LibraryImport(Library)]
    internal static partial nint SSL_get_peer_cert_chain(nint ssl);

    /// <summary>"TLSv1.3"; static.</summary>
    [LibraryImport(Library)]
    internal static partial nint SSL_get_version(nint ssl);
}
