namespace Acp.Daemon;

/// <summary>
/// What <c>acpd</c> returns to its caller. The numbers are those of <c>sysexits.h</c>, so that scripts and systemd
/// (<c>RestartPreventExitStatus=64 77 78</c>) can tell "try again" from "somebody must change something".
/// </summary>
public static class ExitCode
{
    /// <summary>Done, or stopped on request.</summary>
    public const int Ok = 0;

    /// <summary>It was tried and did not work; the message says what.</summary>
    public const int Failure = 1;

    /// <summary>The command line is wrong (EX_USAGE).</summary>
    public const int Usage = 64;

    /// <summary>Nobody of that name or address is known (EX_NOHOST).</summary>
    public const int UnknownPeer = 68;

    /// <summary>No daemon of that instance runs, or one runs already (EX_UNAVAILABLE).</summary>
    public const int Unavailable = 69;

    /// <summary>The system lacks something we need, such as <c>/dev/net/tun</c> (EX_OSERR).</summary>
    public const int System = 71;

    /// <summary>No root rights (EX_NOPERM).</summary>
    public const int NoPermission = 77;

    /// <summary>A configuration file or the state directory is wrong (EX_CONFIG).</summary>
    public const int Configuration = 78;
}
