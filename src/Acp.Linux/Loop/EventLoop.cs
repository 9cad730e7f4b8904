using System.Collections.Concurrent;
using Acp.Core.Time;
using Acp.Linux.Interop;

namespace Acp.Linux.Loop;

/// <summary>
/// The one thread that owns all protocol state. It waits on epoll, gives one event at a time to whoever registered the
/// descriptor, runs what other threads posted, and asks for the next deadline. Only <see cref="Post"/>,
/// <see cref="InvokeAsync{T}"/> and <see cref="Stop"/> may be called from other threads.
/// </summary>
public sealed class EventLoop : IDisposable
{
    private const int MaxEvents = 64;
    private readonly FileDescriptor _epoll;
    private readonly FileDescriptor _wake;
    private readonly EpollEvents _events = new(MaxEvents);
    private readonly Dictionary<int, Watched> _watched = [];
    private readonly ConcurrentQueue<Action> _posted = new();
    private volatile bool _stopping;

    // The thread waits, or is about to, and does not look at what is posted.
    private int _asleep;

    public EventLoop()
    {
        _epoll = new FileDescriptor(SystemCallException.Check(LibC.epoll_create1(Epoll.EPOLL_CLOEXEC), "make an epoll set"));
        _wake = new FileDescriptor(SystemCallException.Check(
            LibC.eventfd(0, Fcntl.EFD_CLOEXEC | Fcntl.EFD_NONBLOCK), "make an eventfd"));
        // Told of each write once: nobody need read it.
        Watch(_wake.Value, Epoll.EPOLLIN | Epoll.EPOLLET);
    }

    /// <summary>Calls <paramref name="onReadable"/> whenever the descriptor has something to read (level-triggered).</summary>
    /// <param name="onWritable">See <see cref="WatchWritable"/>.</param>
    public void Register(int descriptor, Action onReadable, Action? onWritable = null)
    {
        _watched.Add(descriptor, new Watched(onReadable) { OnWritable = onWritable });
        Watch(descriptor, onWritable is null ? Epoll.EPOLLIN : Epoll.EPOLLIN | Epoll.EPOLLOUT);
    }

    /// <summary>
    /// From now on calls <paramref name="onWritable"/> whenever the (registered) descriptor takes more to write, which is
    /// most of the time: ask for it only while something waits. Null for no more.
    /// </summary>
    public void WatchWritable(int descriptor, Action? onWritable)
    {
        var watched = _watched[descriptor];
        if (watched.OnWritable is null != onWritable is null)
        {
            EpollEvents.Control(_epoll.Value, Epoll.EPOLL_CTL_MOD, descriptor,
                onWritable is null ? Epoll.EPOLLIN : Epoll.EPOLLIN | Epoll.EPOLLOUT, (ulong)descriptor);
        }
        watched.OnWritable = onWritable;
    }

    /// <summary>Forgets a descriptor; call before closing it.</summary>
    public void Unregister(int descriptor)
    {
        if (_watched.Remove(descriptor))
            EpollEvents.Control(_epoll.Value, Epoll.EPOLL_CTL_DEL, descriptor, 0, 0);
    }

    /// <summary>Runs <paramref name="work"/> on the loop's thread, soon.</summary>
    public void Post(Action work)
    {
        _posted.Enqueue(work);
        if (Interlocked.Exchange(ref _asleep, 0) == 1)
            Wake();
    }

    /// <summary>Runs <paramref name="work"/> on the loop's thread and gives its result away from it.</summary>
    public Task<T> InvokeAsync<T>(Func<T> work)
    {
        var completion = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() =>
        {
            try
            {
                completion.SetResult(work());
            }
#pragma warning disable CA1031 // whatever happened belongs to the caller
            catch (Exception e)
#pragma warning restore CA1031
            {
                completion.SetException(e);
            }
        });
        return completion.Task;
    }

    /// <summary>Makes <see cref="Run"/> return after the event at hand.</summary>
    public void Stop()
    {
        _stopping = true;
        Wake();
    }

    /// <summary>
    /// Runs until <see cref="Stop"/>. An exception from a callback ends it and reaches the caller: state that nobody
    /// understands is not worked on any further.
    /// </summary>
    /// <param name="nextDeadline">Asked before every wait; null for never.</param>
    /// <param name="handleTime">Called when the deadline has come.</param>
    public void Run(Func<Instant?> nextDeadline, Action<Instant> handleTime)
    {
        while (!_stopping)
        {
            var now = BootClock.Now;
            var deadline = nextDeadline();
            if (deadline <= now)
            {
                handleTime(now);
                deadline = nextDeadline();
                now = BootClock.Now;
            }

            // In this order on this thread, and the other way round in Post: one of the two sees the other.
            Interlocked.Exchange(ref _asleep, 1);
            var n = _events.Wait(_epoll.Value, _posted.IsEmpty ? Timeout(now, deadline) : 0);
            Interlocked.Exchange(ref _asleep, 0);
            for (var i = 0; i < n && !_stopping; i++)
            {
                var descriptor = (int)_events.DataAt(i);
                if (_watched.TryGetValue(descriptor, out var watched))
                    Handle(descriptor, watched, _events.EventsAt(i));
            }

            if (!_stopping)
                RunPosted();
        }
    }

    /// <summary>After <see cref="Run"/> has returned: runs what was posted and has not run.</summary>
    public void RunRemaining()
    {
        while (_posted.TryDequeue(out var work))
            work();
    }

    public void Dispose()
    {
        _wake.Dispose();
        _epoll.Dispose();
    }

    // What is called may close the descriptor, and a new one may have its number at once.
    private void Handle(int descriptor, Watched watched, uint events)
    {
        if ((events & Epoll.EPOLLOUT) != 0)
            watched.OnWritable?.Invoke();
        if ((events & ~Epoll.EPOLLOUT) != 0 && _watched.GetValueOrDefault(descriptor) == watched)
            watched.OnReadable();
    }

    // Rounded up, or the loop would spin through the last millisecond.
    private static int Timeout(Instant now, Instant? deadline)
    {
        if (deadline is not { } at)
            return -1;
        var milliseconds = Math.Ceiling((at - now).TotalMilliseconds);
        return (int)Math.Clamp(milliseconds, 0, int.MaxValue);
    }

    private void Watch(int descriptor, uint events) =>
        EpollEvents.Control(_epoll.Value, Epoll.EPOLL_CTL_ADD, descriptor, events, (ulong)descriptor);

    private unsafe void Wake()
    {
        ulong one = 1;
        LibC.write(_wake.Value, &one, sizeof(ulong));
    }

    private void RunPosted()
    {
        // Only what is there now: work that posts more work must not keep the loop from its descriptors.
        for (var n = _posted.IsEmpty ? 0 : _posted.Count; n > 0 && _posted.TryDequeue(out var work); n--)
            work();
    }

    private sealed class Watched(Action onReadable)
    {
        public Action OnReadable { get; } = onReadable;

        public Action? OnWritable { get; set; }
    }
}
