using System.Net.Sockets;
using System.Runtime.InteropServices;
using Acp.Asa;
using Acp.Linux.Interop;
using Acp.Wire.Attach;
using Microsoft.Extensions.Logging;

namespace Acp.Daemon.Attach;

/// <summary>
/// Lets ASAs in other processes use an engine here, over a Unix socket that root and its group may open (I-27). Whoever
/// starts it holds the <see cref="InstanceLock"/>, so a socket file that is already there was left by a killed predecessor.
/// </summary>
internal sealed class AttachServer : IAsyncDisposable
{
    private const int Backlog = 64;

    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(3);

    private readonly string _path;
    private readonly IGraspPort _engine;
    private readonly AttachOptions _options;
    private readonly ILogger _log;
    private readonly Socket _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<AttachedAgent, Task> _agents = [];
    private readonly long[] _dropped = new long[Enum.GetValues<AttachDropReason>().Length];
    private readonly Lock _gate = new();
    private readonly Task _accepting;
    private int _disposed;

    private AttachServer(string path, IGraspPort engine, AttachOptions options, ILogger log, Socket listener)
    {
        (_path, _engine, _options, _log, _listener) = (path, engine, options, log, listener);
        _accepting = AcceptAsync();
    }

    /// <summary>Agents that are attached.</summary>
    public int AgentCount
    {
        get
        {
            lock (_gate)
                return _agents.Count;
        }
    }

    /// <exception cref="SystemCallException">The socket cannot be made.</exception>
    public static AttachServer Start(string path, IGraspPort engine, ILogger log, AttachOptions? options = null)
    {
        File.Delete(path);
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            listener.Bind(new UnixDomainSocketEndPoint(path));
            SystemCallException.Check(LibC.chmod(path, 0x1b0 /* 0660 */), $"protect {path}");
            listener.Listen(Backlog);
            return new AttachServer(path, engine, options ?? new AttachOptions(), log, listener);
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    public long Dropped(AttachDropReason reason) => Interlocked.Read(ref _dropped[(int)reason]);

    /// <summary>Says good-bye to all, waits until what was theirs is gone, and removes the socket file.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        Task[] ending;
        lock (_gate)
        {
            foreach (var agent in _agents.Keys)
                agent.Stop("it stops");
            ending = [.. _agents.Values];
        }
        // An engine that has ended without a word answers nobody any more.
        await Task.WhenAny(Task.WhenAll(ending), Task.Delay(Farewell));
        _stop.Dispose();
        File.Delete(_path);
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            Socket socket;
            try
            {
                socket = await _listener.AcceptAsync(_stop.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // It was gone before we came, or we are out of descriptors: others may go away meanwhile.
                await Task.Delay(TimeSpan.FromMilliseconds(50));
                continue;
            }
            Admit(socket);
        }
    }

    private void Admit(Socket socket)
    {
        var who = WhoIs(socket);
        lock (_gate)
        {
            if (_agents.Count >= _options.MaxAgents)
            {
                Count(AttachDropReason.TooMany, who);
                using (socket)
                    socket.Send(new AttachMessage.Bye($"{_options.MaxAgents} programs are attached already").Encode(), SocketFlags.None, out _);
                return;
            }
            var agent = new AttachedAgent(socket, _engine, _options);
            _agents.Add(agent, ServeAsync(agent, who));
        }
    }

    private async Task ServeAsync(AttachedAgent agent, string who)
    {
        await Task.Yield(); // so that it is in the list before it can be over
        AttachLog.Attached(_log, who);
        var why = await agent.RunAsync();
        if (why == AttachDropReason.None)
            AttachLog.Detached(_log, who);
        else
            Count(why, who);
        lock (_gate)
            _agents.Remove(agent);
    }

    private void Count(AttachDropReason reason, string who)
    {
        Interlocked.Increment(ref _dropped[(int)reason]);
        AttachLog.Dropped(_log, who, reason);
    }

    // unix(7): struct ucred { pid_t pid; uid_t uid; gid_t gid; }, as it was when the other end connected.
    private static string WhoIs(Socket socket)
    {
        Span<int> credentials = stackalloc int[3];
        try
        {
            socket.GetRawSocketOption(SocketConstants.SOL_SOCKET, SocketConstants.SO_PEERCRED, MemoryMarshal.AsBytes(credentials));
        }
        catch (SocketException)
        {
            return "somebody";
        }
        return $"process {credentials[0]} of user {(uint)credentials[1]}";
    }
}
