using Acp.Core.Time;
using Acp.Linux.Interop;

namespace Acp.Linux.Loop;

/// <summary>CLOCK_BOOTTIME: elapsed time that runs on during suspend, because key lifetimes should.</summary>
public static class BootClock
{
    public static Instant Now
    {
        get
        {
            timespec time;
            unsafe
            {
                SystemCallException.Check(LibC.clock_gettime(Fcntl.CLOCK_BOOTTIME, &time), "read the boot clock");
            }

            return new Instant(time.tv_sec * 1_000_000_000 + time.tv_nsec);
        }
    }
}
