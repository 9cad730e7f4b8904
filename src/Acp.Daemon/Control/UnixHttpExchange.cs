using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Acp.Daemon.Control;

/// <summary>
/// One HTTP/1.1 request over a Unix socket, and its answer: as much of RFC 9112 as our own <see cref="ControlServer"/> speaks. The library's
/// client knows proxies, cookies, three versions and a pool of connections, and takes 40 ms of CPU to begin, a third of what
/// <c>acpd status</c> took with it.
/// </summary>
internal sealed class UnixHttpExchange : IDisposable
{
    private const int BufferSize = 16 * 1024;

    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly byte[] _buffer = new byte[BufferSize];
    private int _start;
    private int _end;
    private bool _chunked;
    private bool _begun;
    private bool _over;

    /// <summary>Octets to come: of the body, or of the present chunk.</summary>
    private long _left;

    private UnixHttpExchange()
    {
    }

    public int Status { get; private set; }

    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>Sends the request and reads the head of the answer.</summary>
    /// <param name="target">Path and query, escaped.</param>
    /// <exception cref="SocketException">Nobody listens there, or we may not ask.</exception>
    /// <exception cref="IOException">It broke off, or what came is no HTTP.</exception>
    public static async Task<UnixHttpExchange> AskAsync(string socketPath, string method, string target, CancellationToken cancellation)
    {
        var exchange = new UnixHttpExchange();
        try
        {
            await exchange._socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), cancellation);
            await exchange.AskAsync(method, target, cancellation);
            return exchange;
        }
        catch
        {
            exchange.Dispose();
            throw;
        }
    }

    /// <summary>All that is left of the body.</summary>
    /// <inheritdoc cref="ReadAsync"/>
    public async Task<byte[]> ReadAllAsync(CancellationToken cancellation)
    {
        using var body = new MemoryStream();
        while (await ReadAsync(cancellation) is { IsEmpty: false } piece)
            body.Write(piece.Span);
        return body.ToArray();
    }

    /// <summary>The next line of the body without its end; null at the end of the body.</summary>
    /// <inheritdoc cref="ReadAsync"/>
    public async Task<byte[]?> ReadLineAsync(CancellationToken cancellation)
    {
        using var line = new MemoryStream();
        while (await ReadAsync(cancellation) is { IsEmpty: false } piece)
        {
            var newline = piece.Span.IndexOf((byte)'\n');
            if (newline < 0)
            {
                line.Write(piece.Span);
                continue;
            }

            line.Write(piece.Span[..newline]);
            // What follows has been taken out of the buffer and is put back.
            var behind = piece.Length - newline - 1;
            _start -= behind;
            _left += behind;
            return line.ToArray();
        }

        return line.Length > 0 ? line.ToArray() : null;
    }

    public void Dispose() => _socket.Dispose();

    private async Task AskAsync(string method, string target, CancellationToken cancellation)
    {
        var request = Encoding.ASCII.GetBytes($"{method} {target} HTTP/1.1\r\nHost: acpd\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        for (var sent = 0; sent < request.Length;)
            sent += await ReceivedOrBrokenAsync(_socket.SendAsync(request.AsMemory(sent), cancellation));

        var status = await HeadLineAsync(cancellation);
        // HTTP-version SP status-code SP [ reason-phrase ]
        if (!status.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) || status.Length < 12 || !int.TryParse(status.AsSpan(9, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var code))
            throw new IOException("its answer is no HTTP");
        Status = code;
        while (await HeadLineAsync(cancellation) is { Length: > 0 } line)
        {
            var colon = line.IndexOf(':');
            var value = line[(colon + 1)..].Trim();
            switch (line[..Math.Max(0, colon)].ToLowerInvariant())
            {
                case "content-length" when long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var length):
                    _left = length;
                    break;
                case "transfer-encoding":
                    _chunked = value.Equals("chunked", StringComparison.OrdinalIgnoreCase);
                    break;
            }
        }
    }

    /// <summary>Some more of the body, good until the next call; empty at its end.</summary>
    /// <exception cref="IOException">It broke off before the end.</exception>
    private async ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellation)
    {
        if (_left == 0 && _chunked && !_over)
            await NextChunkAsync(cancellation);
        if (_left == 0)
            return default;
        if (_start == _end)
            await FillAsync(cancellation);
        var taken = (int)Math.Min(_left, _end - _start);
        _start += taken;
        _left -= taken;
        return _buffer.AsMemory(_start - taken, taken);
    }

    private async Task NextChunkAsync(CancellationToken cancellation)
    {
        // chunk-size [ chunk-ext ] CRLF chunk-data CRLF; the last has size 0, and trailers may follow it.
        if (_begun && (await HeadLineAsync(cancellation)).Length > 0)
            throw new IOException("a chunk of its answer is longer than it said");
        _begun = true;
        var size = (await HeadLineAsync(cancellation)).Split(';')[0];
        if (!long.TryParse(size, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _left) || _left < 0)
            throw new IOException("its answer has a chunk without a size");
        _over = _left == 0;
    }

    /// <summary>A line of the head, or between chunks, without its end.</summary>
    private async Task<string> HeadLineAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var newline = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            if (newline >= 0)
            {
                var line = Encoding.ASCII.GetString(_buffer, _start, newline).TrimEnd('\r');
                _start += newline + 1;
                return line;
            }

            await FillAsync(cancellation);
        }
    }

    private async Task FillAsync(CancellationToken cancellation)
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        _end -= _start;
        _start = 0;
        if (_end == _buffer.Length)
            throw new IOException("a line of its answer is too long");
        _end += await ReceivedOrBrokenAsync(_socket.ReceiveAsync(_buffer.AsMemory(_end), cancellation));
    }

    private static async Task<int> ReceivedOrBrokenAsync(ValueTask<int> octets)
    {
        try
        {
            return await octets is > 0 and var count ? count : throw new IOException("the connection ended");
        }
        catch (SocketException e)
        {
            throw new IOException(e.Message, e);
        }
    }
}
