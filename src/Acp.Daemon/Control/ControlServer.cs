using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Acp.Linux.Interop;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Acp.Daemon.Control;

/// <summary>
/// The control socket: HTTP over a Unix socket that only root may open. <c>GET /status</c>, <c>/neighbors</c>,
/// <c>/channels</c>, <c>/routes</c>, <c>/channel?peer=…</c> show; <c>POST /channel/WISH?peer=…</c> does what a
/// <see cref="ChannelWish"/> says, and <c>POST /repair</c> begins global repair. <c>GET /ike/trace</c>, with <c>?peer=…</c> or without, goes on line by line until either end
/// has had enough.
/// </summary>
/// <remarks>
/// Kestrel's server without a host, services, configuration and routing around it: a few paths need none of them, and a
/// small box has better uses for the memory. Whoever starts it holds the <see cref="InstanceLock"/>, so a socket file
/// that is already there was left by a killed predecessor.
/// </remarks>
public sealed class ControlServer : IAsyncDisposable
{
    private readonly KestrelServer _web;
    private readonly string _path;

    private ControlServer(KestrelServer web, string path)
    {
        _web = web;
        _path = path;
    }

    public static async Task<ControlServer> StartAsync(
        string socketPath, IControlSource source, ILoggerFactory logs, CancellationToken cancellation)
    {
        File.Delete(socketPath);
        var options = new KestrelServerOptions { AddServerHeader = false };
        options.Limits.MaxRequestBodySize = 0;
        options.Limits.MaxConcurrentConnections = 32;
        options.ListenUnixSocket(socketPath);
        var sockets = new SocketTransportFactory(Options.Create(new SocketTransportOptions { IOQueueCount = 0 }), logs);
        var web = new KestrelServer(Options.Create(options), sockets, logs);
        try
        {
            await web.StartAsync(new ControlApplication(context => AnswerAsync(context, source)), cancellation);
            SystemCallException.Check(LibC.chmod(socketPath, 0x180 /* 0600 */), $"protect {socketPath}");
            return new ControlServer(web, socketPath);
        }
        catch
        {
            web.Dispose();
            throw;
        }
    }

    /// <summary>Stops listening and removes the socket file.</summary>
    public async ValueTask DisposeAsync()
    {
        using (var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1)))
            await _web.StopAsync(patience.Token);
        _web.Dispose();
        File.Delete(_path);
    }

    private static async Task AnswerAsync(HttpContext context, IControlSource source)
    {
        var cancellation = context.RequestAborted;
        var path = context.Request.Path.Value;
        var wish = WishOf(path);
        var changes = wish is not null || path == "/repair";
        if (changes ? !HttpMethods.IsPost(context.Request.Method) : !HttpMethods.IsGet(context.Request.Method))
        {
            await RefuseAsync(context, StatusCodes.Status405MethodNotAllowed, $"only {(changes ? "POST" : "GET")} is understood here");
            return;
        }

        try
        {
            switch (path)
            {
                case "/status":
                    await WriteAsync(context, await source.GetStatusAsync(cancellation), ControlJson.Default.StatusReport);
                    break;
                case "/neighbors":
                    await WriteAsync(context, await source.GetNeighborsAsync(cancellation), ControlJson.Default.IReadOnlyListNeighborReport);
                    break;
                case "/channels":
                    await WriteAsync(context, await source.GetChannelsAsync(cancellation), ControlJson.Default.IReadOnlyListChannelReport);
                    break;
                case "/routes":
                    await WriteAsync(context, await source.GetRoutesAsync(cancellation), ControlJson.Default.IReadOnlyListRouteReport);
                    break;
                case "/repair":
                    await WriteAsync(context, await source.RepairAsync(cancellation), ControlJson.Default.RepairReport);
                    break;
                case "/ike/trace":
                    await StreamTraceAsync(context, source);
                    break;
                case "/channel":
                    await WriteAsync(context, await source.GetPeerAsync(Peer(context), cancellation), ControlJson.Default.PeerReport);
                    break;
                case var _ when wish is { } wished:
                    await WriteAsync(context, await source.WishAsync(Peer(context), wished, cancellation), ControlJson.Default.PeerReport);
                    break;
                default:
                    await RefuseAsync(
                        context, StatusCodes.Status404NotFound, "there are /status, /neighbors, /channels, /channel, /routes, /repair and /ike/trace");
                    break;
            }
        }
        catch (OperationCanceledException)
        {
            // Either the caller went away, or the daemon is stopping and says so as far as it still can.
            if (!cancellation.IsCancellationRequested && !context.Response.HasStarted)
                await RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, "the daemon is stopping");
        }
    }

    /// <summary>One JSON value a line.</summary>
    private static async Task StreamTraceAsync(HttpContext context, IControlSource source)
    {
        var cancellation = context.RequestAborted;
        var opened = await source.OpenTraceAsync(context.Request.Query["peer"], cancellation);
        if (!opened.IsGranted)
        {
            await RefuseAsync(context, opened);
            return;
        }

        using var trace = opened.Report;

        // A reader that is slow, or a terminal that was stopped, misses lines; it is not thrown out.
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
            rate.MinDataRate = null;
        context.Response.ContentType = "application/x-ndjson";
        await context.Response.StartAsync(cancellation);
        await foreach (var line in trace.ReadAsync(cancellation))
        {
            await context.Response.Body.WriteAsync(
                (byte[])[.. JsonSerializer.SerializeToUtf8Bytes(line, ControlJson.Default.TraceReport), (byte)'\n'], cancellation);
            await context.Response.Body.FlushAsync(cancellation);
        }
    }

    private static string Peer(HttpContext context) => context.Request.Query["peer"].ToString();

    private static ChannelWish? WishOf(string? path) => path switch
    {
        "/channel/rekey-child" => ChannelWish.RekeyChild,
        "/channel/rekey-ike" => ChannelWish.RekeyIke,
        "/channel/close" => ChannelWish.Close,
        _ => null,
    };

    private static Task RefuseAsync(HttpContext context, int status, string why, string? code = null)
    {
        context.Response.StatusCode = status;
        return WriteAsync(context, new ErrorReport(why, code), ControlJson.Default.ErrorReport);
    }

    private static Task WriteAsync<T>(HttpContext context, ControlAnswer<T> answer, JsonTypeInfo<T> type)
        where T : class =>
        answer.IsGranted
            ? WriteAsync(context, answer.Report, type)
            : RefuseAsync(context, answer);

    private static Task RefuseAsync<T>(HttpContext context, ControlAnswer<T> answer)
        where T : class =>
        RefuseAsync(
            context,
            answer.Refusal == ControlRefusal.UnknownPeer ? StatusCodes.Status404NotFound : StatusCodes.Status409Conflict,
            answer.Text,
            JsonNamingPolicy.KebabCaseLower.ConvertName(answer.Refusal.ToString()));

    private static Task WriteAsync<T>(HttpContext context, T report, JsonTypeInfo<T> type)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(report, type);
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = bytes.Length;
        return context.Response.Body.WriteAsync(bytes, context.RequestAborted).AsTask();
    }
}
