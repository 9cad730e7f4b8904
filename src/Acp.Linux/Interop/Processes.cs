namespace Acp.Linux.Interop;

/// <summary>signal.h, sys/prctl.h, sys/mman.h.</summary>
public static class Processes
{
    public const int SIGHUP = 1;
    public const int SIGINT = 2;
    public const int SIGKILL = 9;
    public const int SIGTERM = 15;
    public const int PR_SET_PDEATHSIG = 1;
    public const int PR_SET_DUMPABLE = 4;
    public const int PR_SET_NAME = 15;
    public const int PR_SET_NO_NEW_PRIVS = 38;
    public const int MCL_CURRENT = 1;
    public const int MCL_FUTURE = 2;
}
