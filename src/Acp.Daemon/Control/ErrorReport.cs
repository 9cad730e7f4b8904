namespace Acp.Daemon.Control;

/// <summary>Why a request to the control socket was not answered.</summary>
public sealed record ErrorReport(string Error);
