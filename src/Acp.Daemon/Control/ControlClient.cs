using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Acp.Daemon.Control;

/// <summary>Asks a running daemon over its control socket. Safe for several callers at once.</summary>
public sealed class ControlClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly string _socketPath;
    private readonly CancellationTokenSource _disposed = new();

    public ControlClient(string socketPath) => _socketPath = socketPath;

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
            "POST",
            $"/channel/{JsonNamingPolicy.KebabCaseLower.ConvertName(wish.ToString())}?peer={Uri.EscapeDataString(peer)}",
            ControlJson.Default.PeerReport,
            cancellation);

    /// <summary>IKE messages from now on, until the daemon stops.</summary>
    /// <param name="peer">As <see cref="GetPeerAsync"/>, or any IPv6 address; null for everybody.</param>
    /// <inheritdoc cref="GetPeerAsync"/>
    public async IAsyncEnumerable<TraceReport> TraceAsync(string? peer, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var path = "/ike/trace" + (peer is null ? "" : $"?peer={Uri.EscapeDataString(peer)}");
        using var answer = await AskAsync(path, patience => UnixHttpExchange.AskAsync(_socketPath, "GET", path, patience), cancellation);
        if (!answer.IsSuccess)
            throw Refused(path, await AskAsync(path, answer.ReadAllAsync, cancellation));
        // The next line may take as long as it likes.
        while (await AskAsync(path, _ => answer.ReadLineAsync(cancellation), cancellation) is { } line)
        {
            yield return await AskAsync(path, _ => Task.FromResult(JsonSerializer.Deserialize(line, ControlJson.Default.TraceReport)), cancellation)
                ?? throw new ControlException(ExitCode.Failure, $"the daemon at {_socketPath} answered {path} with nothing");
        }
    }

    /// <summary>Ends what is still being asked.</summary>
    public void Dispose()
    {
        _disposed.Cancel();
        _disposed.Dispose();
    }

    private Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellation) =>
        SendAsync("GET", path, type, cancellation);

    private Task<T> SendAsync<T>(string method, string path, JsonTypeInfo<T> type, CancellationToken cancellation) =>
        AskAsync(path, async patience =>
        {
            using var answer = await UnixHttpExchange.AskAsync(_socketPath, method, path, patience);
            var body = await answer.ReadAllAsync(patience);
            if (!answer.IsSuccess)
                throw Refused(path, body);
            return JsonSerializer.Deserialize(body, type)
                ?? throw new ControlException(ExitCode.Failure, $"the daemon at {_socketPath} answered {path} with nothing");
        }, cancellation);

    /// <summary>Makes one kind of exception, for people, of the many ways to fail.</summary>
    private async Task<T> AskAsync<T>(string path, Func<CancellationToken, Task<T>> ask, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _disposed.Token);
        patience.CancelAfter(Patience);
        try
        {
            return await ask(patience.Token);
        }
        catch (SocketException e)
        {
            throw new ControlException(ExitCode.Unavailable, WhyNotConnected(e.SocketErrorCode), e);
        }
        catch (IOException e)
        {
            throw new ControlException(ExitCode.Unavailable, $"the daemon at {_socketPath} broke off: {e.Message}", e);
        }
        catch (JsonException e)
        {
            throw new ControlException(
                ExitCode.Failure, $"the daemon at {_socketPath} answered {path} in a way this acpd does not understand; are both of one version?", e);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new ControlException(ExitCode.Unavailable, $"the daemon at {_socketPath} did not answer within {Patience.TotalSeconds:0} seconds", e);
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

    private string WhyNotConnected(SocketError error) => error switch
    {
        SocketError.AccessDenied => $"{_socketPath} belongs to root: try again as root",
        _ => $"no acpd answers at {_socketPath}: is it running (acpd run), and under this instance name (--instance)?",
    };
}
