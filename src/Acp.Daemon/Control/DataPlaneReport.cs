namespace Acp.Daemon.Control;

/// <summary>Who encrypts and why it was chosen.</summary>
/// <param name="Kind">"kernel" or "userspace".</param>
/// <param name="Why">"the kernel has no esp6", "asked for by --dataplane", …</param>
public sealed record DataPlaneReport(string Kind, string Why);
