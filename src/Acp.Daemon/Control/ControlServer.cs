using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Acp.Linux.Interop;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Acp.Daemon.Control;

/// <summary>
/// The control socket: HTTP over a Unix socket that only root may open. <c>GET /status</c>, <c>/neighbors</c>,
/// <c>/channels</c>, <c>/routes</c>; everything is read-only.
/// </summary>
/// <remarks>
/// Kestrel's server without a host, services, configuration and routing around it: four paths need none of them, and a
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
        if (!HttpMethods.IsGet(context.Request.Method))
        {
            await RefuseAsync(context, StatusCodes.Status405MethodNotAllowed, "only GET is understood here");
            return;
        }

        try
        {
            switch (context.Request.Path.Value)
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
                default:
                    await RefuseAsync(
                        context, StatusCodes.Status404NotFound, "there are /status, /neighbors, /channels and /routes");
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

    private static Task RefuseAsync(HttpContext context, int status, string why)
    {
        context.Response.StatusCode = status;
        return WriteAsync(context, new ErrorReport(why), ControlJson.Default.ErrorReport);
    }

    private static Task WriteAsync<T>(HttpContext context, T report, JsonTypeInfo<T> type)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(report, type);
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = bytes.Length;
        return context.Response.Body.WriteAsync(bytes, context.RequestAborted).AsTask();
    }
}
