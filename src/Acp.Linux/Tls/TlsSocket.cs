using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Acp.Core;
using Acp.Linux.Interop;
using Acp.Linux.Sockets;
using Acp.Wire;
using static Acp.Linux.Interop.LibSsl;

namespace Acp.Linux.Tls;

/// <summary>
/// TLS over a stream, driven by the loop: <see cref="Establish"/> connects and shakes hands, and is done only with a peer
/// that passed the domain membership check, also when its session is resumed. Owned by the loop.
/// </summary>
public sealed class TlsSocket : IStreamTransport
{
    private static readonly Func<nint, int> Handshake = SSL_do_handshake;

    private readonly TlsContext _context;
    private readonly StreamSocket _socket;
    private readonly bool _isServer;
    private nint _ssl;
    private bool _isConnected;
    private bool _isEstablished;
    private bool _isBroken;

    internal TlsSocket(TlsContext context, StreamSocket socket, nint ssl, Ipv6Address remote, bool isServer)
    {
        _context = context;
        _socket = socket;
        _ssl = ssl;
        _isServer = isServer;
        _isConnected = isServer;
        Remote = remote;
    }

    public int Descriptor => _socket.Descriptor;

    public Ipv6Address Remote { get; }

    /// <summary>Null before its certificates came.</summary>
    public TlsPeer? Peer { get; private set; }

    /// <summary>How much longer the peer's certificates and ours are good; null without a peer, or without a date.</summary>
    public TimeSpan? TimeLeft => Peer is { IsMember: true } peer ? _context.TimeLeft(peer) : null;

    /// <summary>The peer was known from an earlier stream, and no certificates were sent.</summary>
    public bool IsResumed => _ssl != 0 && SSL_session_reused(_ssl) == 1;

    /// <summary>Such as "TLSv1.3".</summary>
    public string Version => _ssl == 0 ? "" : Marshal.PtrToStringUTF8(SSL_get_version(_ssl)) ?? "";

    /// <summary>Why it failed, where the library says.</summary>
    public string? Error { get; private set; }

    /// <summary>What went wrong with us while the peer was judged.</summary>
    internal Exception? Failure { get; set; }

    public StreamStep Establish()
    {
        if (!_isConnected)
        {
            if (_socket.Establish() == StreamStep.Failed)
                return Fail("it cannot be reached");
            _isConnected = true;
        }
        var result = TlsContext.InHandshake(this, Handshake, _ssl);
        if (Failure is { } failure)
            ExceptionDispatchInfo.Throw(failure);
        if (result != 1)
        {
            return SSL_get_error(_ssl, result) switch
            {
                SSL_ERROR_WANT_READ => StreamStep.WantsRead,
                SSL_ERROR_WANT_WRITE => StreamStep.WantsWrite,
                _ => Fail(TlsContext.LastError()),
            };
        }
        if (Peer is null)
            Judge(Chain());
        if (!Peer!.IsMember)
            return Fail(Peer.Detail);
        _isEstablished = true;
        return StreamStep.Established;
    }

    public int Receive(Span<byte> buffer)
    {
        if (_isBroken)
            return StreamSocket.Broken;
        LibCrypto.ERR_clear_error();
        var read = SSL_read(_ssl, buffer, buffer.Length);
        if (read > 0)
            return read;
        switch (SSL_get_error(_ssl, read))
        {
            case SSL_ERROR_WANT_READ or SSL_ERROR_WANT_WRITE:
                return StreamSocket.WouldBlock;
            case SSL_ERROR_ZERO_RETURN:
                return 0;
            default:
                _isBroken = true;
                return StreamSocket.Broken;
        }
    }

    public int Send(ReadOnlySpan<byte> bytes)
    {
        if (_isBroken)
            return StreamSocket.Broken;
        LibCrypto.ERR_clear_error();
        var sent = SSL_write(_ssl, bytes, bytes.Length);
        if (sent > 0)
            return sent;
        if (SSL_get_error(_ssl, sent) is SSL_ERROR_WANT_READ or SSL_ERROR_WANT_WRITE)
            return StreamSocket.WouldBlock;
        _isBroken = true;
        return StreamSocket.Broken;
    }

    public void FinishSending()
    {
        if (!_isBroken && _isEstablished)
            _ = SSL_shutdown(_ssl);
    }

    public void DropUnsent() => _socket.DropUnsent();

    /// <summary>The check once more, with what is known now; null while the peer may stay.</summary>
    public TlsPeer? StillRefused() => _context.Check(Chain()) is { IsMember: false } refused ? refused : null;

    public void Dispose()
    {
        if (_ssl == 0)
            return;
        if (_isEstablished && !_isBroken)
        {
            // Without a word of farewell the library would not let the session be resumed.
            _ = SSL_shutdown(_ssl);
            if (!_isServer)
                KeepSession();
        }
        LibCrypto.ERR_clear_error();
        SSL_free(_ssl);
        _ssl = 0;
        _socket.Dispose();
    }

    /// <param name="chain">DER, leaf first.</param>
    internal PeerRefusal Judge(IReadOnlyList<ReadOnlyMemory<byte>> chain)
    {
        Peer = _context.Check(chain);
        return Peer.Refusal;
    }

    private StreamStep Fail(string why)
    {
        _isBroken = true;
        Error = why;
        return StreamStep.Failed;
    }

    private List<ReadOnlyMemory<byte>> Chain()
    {
        var chain = new List<ReadOnlyMemory<byte>>();
        var leaf = SSL_get1_peer_certificate(_ssl);
        if (leaf == 0)
            return chain;
        chain.Add(TlsContext.Der(leaf));
        LibCryptoX509.X509_free(leaf);
        var sent = SSL_get_peer_cert_chain(_ssl);
        for (var i = 0; sent != 0 && i < LibCryptoX509.OPENSSL_sk_num(sent); i++)
        {
            if (TlsContext.Der(LibCryptoX509.OPENSSL_sk_value(sent, i)) is var der && !der.AsSpan().SequenceEqual(chain[0].Span))
                chain.Add(der);
        }
        return chain;
    }

    private void KeepSession()
    {
        var session = SSL_get1_session(_ssl);
        if (session == 0)
            return;
        if (SSL_SESSION_is_resumable(session) == 1)
            _context.Keep(Remote, session);
        else
            SSL_SESSION_free(session);
    }
}
