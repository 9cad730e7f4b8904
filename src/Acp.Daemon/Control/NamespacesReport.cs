namespace Acp.Daemon.Control;

/// <summary>The namespaces, by the names that <c>ip netns</c> knows; the host is a path, or null for our own.</summary>
public sealed record NamespacesReport(string? Host, string Abutment, string Acp);
