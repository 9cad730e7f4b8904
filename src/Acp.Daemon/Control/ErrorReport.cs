namespace Acp.Daemon.Control;

/// <summary>Why a request to the control socket was not answered.</summary>
/// <param name="Code">A <see cref="ControlRefusal"/> in kebab case; null for other causes.</param>
public sealed record ErrorReport(string Error, string? Code = null);
