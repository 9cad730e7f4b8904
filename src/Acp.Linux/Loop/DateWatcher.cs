using System.Runtime.InteropServices;
using Acp.Linux.Interop;

namespace Acp.Linux.Loop;

/// <summary>
/// Becomes readable when somebody sets the system's date: a timer on CLOCK_REALTIME that never comes due and that the
/// kernel cancels at every step of that clock (timerfd_create(2), TFD_TIMER_CANCEL_ON_SET). Mere slewing is not told.
/// </summary>
public sealed unsafe class DateWatcher : IDisposable
{
    /// <summary>Seconds since 1970, in some 290 years.</summary>
    private const long Never = 9_223_372_036;

    private readonly FileDescriptor _timer;

    public DateWatcher()
    {
        _timer = new FileDescriptor(SystemCallException.Check(
            LibC.timerfd_create(Fcntl.CLOCK_REALTIME, Fcntl.TFD_CLOEXEC | Fcntl.TFD_NONBLOCK), "make a timer"));
        try
        {
            Arm();
        }
        catch
        {
            _timer.Dispose();
            throw;
        }
    }

    public int Fd => _timer.Value;

    /// <summary>Takes the news in. Whether the date was set since the last time.</summary>
    public bool Take()
    {
        ulong expirations;
        var wasSet = LibC.read(_timer.Value, &expirations, sizeof(ulong)) < 0 && Marshal.GetLastPInvokeError() == Errno.ECANCELED;
        Arm();
        return wasSet;
    }

    public void Dispose() => _timer.Dispose();

    private void Arm()
    {
        var never = new itimerspec { it_value = new timespec { tv_sec = Never } };
        SystemCallException.Check(
            LibC.timerfd_settime(_timer.Value, Fcntl.TFD_TIMER_ABSTIME | Fcntl.TFD_TIMER_CANCEL_ON_SET, &never, null), "watch the system's date");
    }
}
