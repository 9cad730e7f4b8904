using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Acp.Core;
using Acp.Core.Identity;
using Acp.Linux.Interop;
using Acp.Linux.Sockets;
using Acp.Wire;
using static Acp.Linux.Interop.LibCryptoX509;
using static Acp.Linux.Interop.LibSsl;

namespace Acp.Linux.Tls;

/// <summary>
/// TLS as RFC 8994 §6.1 wants it everywhere in the ACP: 1.2 or 1.3, AES-256-GCM with SHA-384 (and ChaCha20 in 1.3), P-256 and
/// P-384 among the groups, both ends with their ACP certificate and both checked for domain membership. Sessions are
/// resumed at either end. Owned by the loop.
/// </summary>
public sealed unsafe class TlsContext : IDisposable
{
    /// <summary>Sessions that can be resumed, as server and as client.</summary>
    private const int MaxSessions = 256;

    private const string Tls12Suites = "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384";
    private const string Tls13Suites = "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";
    private const string Groups = "P-256:X25519:P-384:P-521";

    [ThreadStatic]
    private static TlsSocket? _inHandshake;

    private readonly NodeIdentity _identity;
    private readonly TlsMembership _membership;
    private readonly Dictionary<Ipv6Address, nint> _sessions = [];
    private readonly Queue<Ipv6Address> _order = new();
    private nint _context;

    /// <param name="identity">Kept by reference, not owned; its certificate has its key attached.</param>
    /// <param name="date">Of today; null when unknown.</param>
    /// <exception cref="CryptographicException">The library does not take the certificate or its key.</exception>
    public TlsContext(NodeIdentity identity, Func<DateTimeOffset?> date)
    {
        _identity = identity;
        _membership = new TlsMembership(identity, date);
        _context = Make();
    }

    /// <summary>Our end of a stream that is connecting or open, and what it is called: nothing was said on it so far.</summary>
    /// <param name="socket">Owned from now on.</param>
    public TlsSocket Connect(StreamSocket socket, Ipv6Address remote)
    {
        var ssl = NewSsl(socket);
        SSL_set_connect_state(ssl);
        if (_sessions.TryGetValue(remote, out var session))
            _ = SSL_set_session(ssl, session);
        return new TlsSocket(this, socket, ssl, remote, isServer: false);
    }

    /// <inheritdoc cref="Connect"/>
    public TlsSocket Accept(StreamSocket socket, Ipv6Address remote)
    {
        var ssl = NewSsl(socket);
        SSL_set_accept_state(ssl);
        return new TlsSocket(this, socket, ssl, remote, isServer: true);
    }

    /// <summary>Told of the certificates of each member met for the first time: DER, leaf first.</summary>
    public Action<IReadOnlyList<ReadOnlyMemory<byte>>>? Met
    {
        get => _membership.Met;
        set => _membership.Met = value;
    }

    /// <summary>What this node knows of revocation from now on. No session from before is resumed.</summary>
    public void SetRevocation(RevocationLists lists)
    {
        _membership.SetRevocation(lists);
        ForgetSessions();
        var old = _context;
        _context = Make();
        SSL_CTX_free(old); // streams that are open hold it
    }

    public void Dispose()
    {
        ForgetSessions();
        SSL_CTX_free(_context);
        _context = 0;
    }

    internal TlsPeer Check(IReadOnlyList<ReadOnlyMemory<byte>> chain) => _membership.Check(chain);

    internal TimeSpan? TimeLeft(TlsPeer peer) => _membership.TimeLeft(peer);

    /// <summary>A client's session, for the next stream to the same address.</summary>
    /// <param name="session">Owned from now on.</param>
    internal void Keep(Ipv6Address remote, nint session)
    {
        if (_sessions.Remove(remote, out var old))
        {
            SSL_SESSION_free(old);
        }
        else
        {
            if (_sessions.Count >= MaxSessions && _sessions.Remove(_order.Dequeue(), out var oldest))
                SSL_SESSION_free(oldest);
            _order.Enqueue(remote);
        }
        _sessions.Add(remote, session);
    }

    /// <summary>Runs a call in which the peer's certificates may come; they are put before <paramref name="socket"/>.</summary>
    internal static int InHandshake(TlsSocket socket, Func<nint, int> call, nint ssl)
    {
        _inHandshake = socket;
        LibCrypto.ERR_clear_error();
        try
        {
            return call(ssl);
        }
        finally
        {
            _inHandshake = null;
        }
    }

    /// <summary>DER of a certificate that OpenSSL holds.</summary>
    internal static byte[] Der(nint certificate)
    {
        var length = i2d_X509(certificate, null);
        if (length <= 0)
            return [];
        var der = new byte[length];
        fixed (byte* start = der)
        {
            var to = start;
            _ = i2d_X509(certificate, &to);
        }
        return der;
    }

    [UnmanagedCallersOnly]
    private static int Verify(nint storeContext, nint argument)
    {
        var socket = _inHandshake;
        if (socket is null)
            return 0;
        // Nothing may be thrown through OpenSSL's frames.
        try
        {
            var leaf = X509_STORE_CTX_get0_cert(storeContext);
            var sent = X509_STORE_CTX_get0_untrusted(storeContext);
            var chain = new List<ReadOnlyMemory<byte>> { Der(leaf) };
            for (var i = 0; i < OPENSSL_sk_num(sent); i++)
            {
                if (Der(OPENSSL_sk_value(sent, i)) is var der && !der.AsSpan().SequenceEqual(chain[0].Span))
                    chain.Add(der);
            }
            var refusal = socket.Judge(chain);
            X509_STORE_CTX_set_error(storeContext, AlertFor(refusal));
            return refusal == PeerRefusal.None ? 1 : 0;
        }
#pragma warning disable CA1031 // it goes on when the call returns
        catch (Exception e)
#pragma warning restore CA1031
        {
            socket.Failure = e;
            return 0;
        }
    }

    // What the library makes an alert of, by which the other end's log says more than "handshake failure".
    private static int AlertFor(PeerRefusal refusal) => refusal switch
    {
        PeerRefusal.None => 0,
        PeerRefusal.Expired or PeerRefusal.NotYetValid => X509_V_ERR_CERT_HAS_EXPIRED,
        PeerRefusal.Revoked => X509_V_ERR_CERT_REVOKED,
        PeerRefusal.NoTrustAnchorPath => X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
        _ => X509_V_ERR_CERT_REJECTED,
    };

    private static void Check(bool done, string step)
    {
        if (!done)
            throw new CryptographicException($"TLS: {step}: {LastError()}");
    }

    internal static string LastError()
    {
        var text = ERR_reason_error_string(ERR_peek_last_error());
        return text == 0 ? "no reason given" : Marshal.PtrToStringUTF8(text)!;
    }

    private nint NewSsl(StreamSocket socket)
    {
        LibCrypto.ERR_clear_error();
        var ssl = SSL_new(_context);
        Check(ssl != 0 && SSL_set_fd(ssl, socket.Descriptor) == 1, "a new stream");
        return ssl;
    }

    private nint Make()
    {
        LibCrypto.ERR_clear_error();
        var context = SSL_CTX_new(TLS_method());
        Check(context != 0, "a new context");
        try
        {
            Check(SSL_CTX_ctrl(context, SSL_CTRL_SET_MIN_PROTO_VERSION, (nint)TLS1_2_VERSION, 0) == 1, "TLS 1.2 at least");
            Check(SSL_CTX_set_cipher_list(context, Tls12Suites) == 1, "cipher suites of TLS 1.2");
            Check(SSL_CTX_set_ciphersuites(context, Tls13Suites) == 1, "cipher suites of TLS 1.3");
            var groups = Marshal.StringToCoTaskMemUTF8(Groups);
            Check(SSL_CTX_ctrl(context, SSL_CTRL_SET_GROUPS_LIST, 0, groups) == 1, "groups");
            Marshal.FreeCoTaskMem(groups);
            SSL_CTX_set_options(context,
                SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_IGNORE_UNEXPECTED_EOF | SSL_OP_NO_TICKET);
            SSL_CTX_ctrl(context, SSL_CTRL_MODE,
                (nint)(SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS), 0);
            // A server keeps its sessions itself rather than in tickets: with them it keeps the peer's whole chain, and what
            // is to be forgotten is forgotten.
            SSL_CTX_ctrl(context, SSL_CTRL_SET_SESS_CACHE_MODE, (nint)SSL_SESS_CACHE_SERVER, 0);
            SSL_CTX_ctrl(context, SSL_CTRL_SET_SESS_CACHE_SIZE, MaxSessions, 0);
            Check(SSL_CTX_set_session_id_context(context, "acp"u8, 3) == 1, "the session id context");
            Check(SSL_CTX_set_num_tickets(context, 1) == 1, "the number of tickets");
            SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, 0);
            SSL_CTX_set_cert_verify_callback(context, &Verify, 0);
            UseIdentity(context);
            return context;
        }
        catch
        {
            SSL_CTX_free(context);
            throw;
        }
    }

    private void UseIdentity(nint context)
    {
        var leaf = _identity.Certificate.RawDataMemory.Span;
        Check(SSL_CTX_use_certificate_ASN1(context, leaf.Length, leaf) == 1, "our certificate");
        var key = PrivateKey();
        try
        {
            Check(SSL_CTX_use_PrivateKey(context, key) == 1 && SSL_CTX_check_private_key(context) == 1, "our key");
        }
        finally
        {
            LibCrypto.EVP_PKEY_free(key);
        }
        foreach (var intermediate in _identity.Intermediates)
        {
            fixed (byte* start = intermediate.RawDataMemory.Span)
            {
                var der = start;
                var x509 = d2i_X509(0, &der, intermediate.RawDataMemory.Length);
                Check(x509 != 0, "an intermediate certificate");
                if (SSL_CTX_ctrl(context, SSL_CTRL_CHAIN_CERT, 0, x509) != 1)
                {
                    X509_free(x509);
                    Check(false, "an intermediate certificate");
                }
            }
        }
    }

    private nint PrivateKey()
    {
        using AsymmetricAlgorithm? key = (AsymmetricAlgorithm?)_identity.Certificate.GetECDsaPrivateKey() ?? _identity.Certificate.GetRSAPrivateKey();
        var pkcs8 = key?.ExportPkcs8PrivateKey() ?? throw new CryptographicException("TLS: our certificate has no key with it");
        try
        {
            fixed (byte* start = pkcs8)
            {
                var der = start;
                var loaded = d2i_AutoPrivateKey(0, &der, pkcs8.Length);
                Check(loaded != 0, "our key");
                return loaded;
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pkcs8);
        }
    }

    private void ForgetSessions()
    {
        foreach (var session in _sessions.Values)
            SSL_SESSION_free(session);
        _sessions.Clear();
        _order.Clear();
    }
}
