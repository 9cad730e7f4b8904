using System.Net.Sockets;
using System.Text;
using Acp.Daemon.Control;

namespace Acp.Tests.Daemon;

/// <summary>The control socket's client against answers that are whole, cut short, or none.</summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class UnixHttpExchangeTests
{
    private const string Whole = "HTTP/1.1 200 OK\r\nContent-Length: 11\r\nDate: x\r\n\r\none\ntwo\nthr";
    private const string Chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\none\nt\r\n6;x=y\r\nwo\nthr\r\n0\r\n";

    [Theory]
    [InlineData(Whole)]
    [InlineData(Chunked)]
    public async Task A_body_comes_whole_and_line_by_line(string answer)
    {
        foreach (var piece in new[] { 1, 3, 1000 })
        {
            var body = await AskAsync(answer, piece, e => e.ReadAllAsync(default));
            Assert.Equal("one\ntwo\nthr", Encoding.ASCII.GetString(body));
            var lines = await AskAsync(answer, piece, async e =>
            {
                var all = new List<string>();
                while (await e.ReadLineAsync(default) is { } line)
                    all.Add(Encoding.ASCII.GetString(line));
                return all;
            });
            Assert.Equal(["one", "two", "thr"], lines);
        }
    }

    [Theory]
    [InlineData(Whole)]
    [InlineData(Chunked)]
    public async Task An_answer_cut_short_is_told_wherever_it_is_cut(string answer)
    {
        for (var length = 0; length < answer.Length; length++)
        {
            // A last chunk is known as such by its line, whatever would have followed.
            if (!answer.AsSpan(0, length).EndsWith("\r\n0\r\n"))
                await Assert.ThrowsAsync<IOException>(() => AskAsync(answer[..length], 1000, e => e.ReadAllAsync(default)));
        }
    }

    [Theory]
    [InlineData("HTTP/2 200 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 2x0 OK\r\n\r\n")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n")]
    public Task What_is_no_answer_is_refused(string answer) =>
        Assert.ThrowsAsync<IOException>(() => AskAsync(answer, 1000, e => e.ReadAllAsync(default)));

    [Fact]
    public Task A_head_without_end_is_refused() =>
        Assert.ThrowsAsync<IOException>(() => AskAsync("HTTP/1.1 200 OK\r\nX: " + new string('x', 40_000), 1000, e => e.ReadAllAsync(default)));

    [Fact]
    public async Task The_request_is_what_a_server_expects()
    {
        var seen = "";
        await AskAsync(Whole, 1000, e => e.ReadAllAsync(default), request => seen = request);
        Assert.Equal("GET /status?a=b HTTP/1.1\r\nHost: acpd\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", seen);
    }

    private static async Task<T> AskAsync<T>(string answer, int piece, Func<UnixHttpExchange, Task<T>> read, Action<string>? see = null)
    {
        using var directory = new TemporaryDirectory();
        var path = Path.Combine(directory.Path, "x.sock");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        var serving = Task.Run(async () =>
        {
            using var peer = await listener.AcceptAsync();
            var request = new byte[1000];
            var length = await peer.ReceiveAsync(request);
            see?.Invoke(Encoding.ASCII.GetString(request, 0, length));
            var bytes = Encoding.ASCII.GetBytes(answer);
            try
            {
                for (var sent = 0; sent < bytes.Length; sent += piece)
                    await peer.SendAsync(bytes.AsMemory(sent, Math.Min(piece, bytes.Length - sent)));
            }
            catch (SocketException)
            {
                // It has read as much as it wants to.
            }
        });
        try
        {
            using var exchange = await UnixHttpExchange.AskAsync(path, "GET", "/status?a=b", default);
            Assert.Equal((200, true), (exchange.Status, exchange.IsSuccess));
            return await read(exchange);
        }
        finally
        {
            await serving.WaitAsync(TimeSpan.FromSeconds(20));
        }
    }
}
