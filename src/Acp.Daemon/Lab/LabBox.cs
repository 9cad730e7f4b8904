namespace Acp.Daemon.Lab;

/// <summary>One box of a lab: a network namespace that plays its host, and the daemon that runs on it.</summary>
/// <param name="Index">From 0.</param>
/// <param name="Name">"n1" for index 0.</param>
/// <param name="HostNamespace">As <c>ip netns</c> knows it.</param>
/// <param name="Daemon">What its daemon is started with.</param>
public sealed record LabBox(int Index, string Name, string HostNamespace, RunOptions Daemon);
