namespace Acp.Daemon.Lab;

/// <summary>Where a lab's ping starts and ends.</summary>
public enum LabView
{
    /// <summary>In the acp namespaces, from ACP address to ACP address.</summary>
    Acp,

    /// <summary>In the host namespaces, through <c>acp0</c>.</summary>
    Host,
}
