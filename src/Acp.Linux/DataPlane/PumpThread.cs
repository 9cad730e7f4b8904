using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Acp.Linux.Interop;

namespace Acp.Linux.DataPlane;

/// <summary>
/// A thread that moves packets. The loop starts it, hands it what is to be thrown away (SAs and their keys, a TUN),
/// and stops it; whatever is retired is disposed here, between two batches, when surely nobody uses it any more.
/// </summary>
/// <remarks>Start, retire, synchronize and stop are the loop's calls; everything else is the thread's.</remarks>
internal abstract unsafe class PumpThread : IDisposable
{
    // Deep enough for an exception out of the crypto; the default would be 8 MiB of address space per channel.
    private const int StackSize = 256 * 1024;

    private readonly ConcurrentQueue<IDisposable> _retired = new();
    private readonly FileDescriptor _wake;
    private readonly Thread _thread;
    private volatile bool _stopping;
    private long _allocated;

    protected PumpThread(string name)
    {
        _wake = new FileDescriptor(SystemCallException.Check(
            LibC.eventfd(0, Fcntl.EFD_CLOEXEC | Fcntl.EFD_NONBLOCK), "make an eventfd"));
        _thread = new Thread(Main, StackSize) { Name = name, IsBackground = true };
    }

    /// <summary>What this thread has ever allocated from the managed heap, as of its last batch: flat under traffic.</summary>
    public long AllocatedOctets => Volatile.Read(ref _allocated);

    public void Start() => _thread.Start();

    /// <summary>Disposes <paramref name="item"/>, which is in no table any more, after the batch under way.</summary>
    public void Retire(IDisposable item)
    {
        _retired.Enqueue(item);
        Wake();
    }

    /// <summary>Returns when the batch under way is done and everything retired before is disposed: less than a millisecond.</summary>
    public void Synchronize()
    {
        using var mark = new Mark();
        Retire(mark);
        while (!mark.Reached.Wait(20) && _thread.IsAlive)
        {
        }

        // A thread that ended on its own leaves the queue to us.
        if (!_thread.IsAlive)
            DisposeRetired();
    }

    /// <summary>Stops the thread, waits for its end, and disposes what it owned.</summary>
    public void Dispose()
    {
        _stopping = true;
        Wake();
        if ((_thread.ThreadState & ThreadState.Unstarted) == 0)
            _thread.Join();
        DisposeRetired();
        _wake.Dispose();
    }

    /// <summary>One batch. Returns whether there may be more at once; false: wait for <paramref name="fd"/>.</summary>
    protected abstract bool Pump(out int fd);

    /// <summary>Polled for <paramref name="events"/> by someone who has to wait within a batch; not for ever.</summary>
    protected bool WaitFor(int fd, short events, int milliseconds)
    {
        var poll = stackalloc pollfd[2];
        poll[0] = new pollfd { fd = fd, events = events };
        poll[1] = new pollfd { fd = _wake.Value, events = Epoll.POLLIN };
        var count = LibC.poll(poll, 2, milliseconds);
        if (count > 0 && poll[1].revents != 0)
        {
            ulong value;
            _ = LibC.read(_wake.Value, &value, sizeof(ulong));
        }

        return count > 0 && poll[0].revents != 0;
    }

    /// <summary>Whether the thread is to end; checked where a batch may last.</summary>
    protected bool Stopping => _stopping;

    private void Main()
    {
        while (!_stopping)
        {
            DisposeRetired();
            var more = Pump(out var fd);
            Volatile.Write(ref _allocated, GC.GetAllocatedBytesForCurrentThread());
            if (fd < 0)
                return;
            if (!more)
                WaitFor(fd, Epoll.POLLIN, -1);
        }
    }

    private void DisposeRetired()
    {
        while (_retired.TryDequeue(out var item))
            item.Dispose();
    }

    /// <summary>Ends the thread's wait, so that it looks at what changed. From any thread.</summary>
    protected void Wake()
    {
        var one = 1ul;
        _ = LibC.write(_wake.Value, &one, sizeof(ulong));
    }

    /// <summary>Something to retire that only tells when its turn has come.</summary>
    private sealed class Mark : IDisposable
    {
        public ManualResetEventSlim Reached { get; } = new();

        public void Dispose() => Reached.Set();
    }
}
