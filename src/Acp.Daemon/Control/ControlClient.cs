using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Acp.Daemon.Control;

/// <summary>Asks a running daemon over its control socket. Safe for several callers at once.</summary>
public sealed class ControlClient : IDisposable
{
    private readonly string _socketPath;
    private readonly HttpClient _http;

    public ControlClient(string socketPath)
    {
        _socketPath = socketPath;
        // What the library does for the wide world would only be begun and never used here.
        _http = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = ConnectAsync,
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ActivityHeadersPropagator = null,
        })
        {
            BaseAddress = new Uri("http://acpd"),
            Timeout = TimeSpan.FromSeconds(10),
        };
    }

    /// <exception cref="ControlException">It does not run, or does not answer.</exception>
    public Task<StatusReport> GetStatusAsync(CancellationToken cancellation) =>
        GetAsync("/status", ControlJson.Default.StatusReport, cancellation);

    /// <inheritdoc cref="GetStatusAsync"/>
    public Task<IReadOnlyList<NeighborReport>> GetNeighborsAsync(CancellationToken cancellation) =>
        GetAsync("/neighbors", ControlJson.Default.IReadOnlyListNeighborReport, cancellation);

    /// <inheritdoc cref="GetStatusAsync"/>
    public Task<IReadOnlyList<ChannelReport>> GetChannelsAsync(CancellationToken cancellation) =>
        GetAsync("/channels", ControlJson.Default.IReadOnlyListChannelReport, cancellation);

    /// <inheritdoc cref="GetStatusAsync"/>
    public Task<IReadOnlyList<RouteReport>> GetRoutesAsync(CancellationToken cancellation) =>
        GetAsync("/routes", ControlJson.Default.IReadOnlyListRouteReport, cancellation);

    /// <summary>One peer, by ACP address, node name, interface, channel or address on the link, or the beginning of one.</summary>
    /// <exception cref="ControlException">Also when there is no such peer (<see cref="ExitCode.UnknownPeer"/>), or several.</exception>
    public Task<PeerReport> GetPeerAsync(string peer, CancellationToken cancellation) =>
        GetAsync($"/channel?peer={Uri.EscapeDataString(peer)}", ControlJson.Default.PeerReport, cancellation);

    /// <inheritdoc cref="GetPeerAsync"/>
    public Task<PeerReport> WishAsync(string peer, ChannelWish wish, CancellationToken cancellation) =>
        SendAsync(
            HttpMethod.Post,
            $"/channel/{JsonNamingPolicy.KebabCaseLower.ConvertName(wish.ToString())}?peer={Uri.EscapeDataString(peer)}",
            ControlJson.Default.PeerReport,
            cancellation);

    /// <summary>Global repair (RFC 8994 §6.12.1.7); the report says whether that box was the one to begin it.</summary>
    /// <inheritdoc cref="GetStatusAsync"/>
    public Task<RepairReport> RepairAsync(CancellationToken cancellation) =>
        SendAsync(HttpMethod.Post, "/repair", ControlJson.Default.RepairReport, cancellation);

    /// <summary>IKE messages from now on, until the daemon stops.</summary>
    /// <param name="peer">As <see cref="GetPeerAsync"/>, or any IPv6 address; null for everybody.</param>
    /// <inheritdoc cref="GetPeerAsync"/>
    public async IAsyncEnumerable<TraceReport> TraceAsync(string? peer, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var path = "/ike/trace" + (peer is null ? "" : $"?peer={Uri.EscapeDataString(peer)}");
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        using var response = await AskAsync(path, () => _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation), cancellation);
        if (!response.IsSuccessStatusCode)
            throw Refused(path, await response.Content.ReadAsByteArrayAsync(cancellation));
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(cancellation));
        while (await AskAsync(path, () => lines.ReadLineAsync(cancellation).AsTask(), cancellation) is { } line)
        {
            yield return await AskAsync(path, () => Task.FromResult(JsonSerializer.Deserialize(line, ControlJson.Default.TraceReport)), cancellation)
                ?? throw new ControlException(ExitCode.Failure, $"the daemon at {_socketPath} answered {path} with nothing");
        }
    }

    public void Dispose() => _http.Dispose();

    private Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Get, path, type, cancellation);

    private async Task<T> SendAsync<T>(HttpMethod method, string path, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        return await AskAsync(path, async () =>
        {
            using var response = await _http.SendAsync(request, cancellation);
            var body = await response.Content.ReadAsByteArrayAsync(cancellation);
            if (!response.IsSuccessStatusCode)
                throw Refused(path, body);
            return JsonSerializer.Deserialize(body, type)
                ?? throw new ControlException(ExitCode.Failure, $"the daemon at {_socketPath} answered {path} with nothing");
        }, cancellation);
    }

    /// <summary>Makes one kind of exception, for people, of the many ways to fail.</summary>
    private async Task<T> AskAsync<T>(string path, Func<Task<T>> ask, CancellationToken cancellation)
    {
        try
        {
            return await ask();
        }
        catch (HttpRequestException e) when (e.InnerException is SocketException or FileNotFoundException)
        {
            throw new ControlException(ExitCode.Unavailable, WhyNotConnected((e.InnerException as SocketException)?.SocketErrorCode), e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new ControlException(ExitCode.Unavailable, $"the daemon at {_socketPath} broke off: {e.Message}", e);
        }
        catch (JsonException e)
        {
            throw new ControlException(
                ExitCode.Failure, $"the daemon at {_socketPath} answered {path} in a way this acpd does not understand; are both of one version?", e);
        }
        catch (TaskCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new ControlException(ExitCode.Unavailable, $"the daemon at {_socketPath} did not answer within {_http.Timeout.TotalSeconds:0} seconds", e);
        }
    }

    private ControlException Refused(string path, byte[] body)
    {
        var error = new ErrorReport("without a reason");
        try
        {
            error = JsonSerializer.Deserialize(body, ControlJson.Default.ErrorReport) ?? error;
        }
        catch (JsonException)
        {
            // Somebody else's words: there is nothing to add.
        }

        return error.Code switch
        {
            "unknown-peer" => new ControlException(ExitCode.UnknownPeer, error.Error),
            "ambiguous-peer" => new ControlException(ExitCode.Usage, error.Error),
            "no-channel" => new ControlException(ExitCode.Failure, error.Error),
            _ => new ControlException(ExitCode.Failure, $"the daemon at {_socketPath} refused {path}: {error.Error}"),
        };
    }

    private string WhyNotConnected(SocketError? error) => error switch
    {
        SocketError.AccessDenied => $"{_socketPath} belongs to root: try again as root",
        _ => $"no acpd answers at {_socketPath}: is it running (acpd run), and under this instance name (--instance)?",
    };

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(_socketPath), cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
