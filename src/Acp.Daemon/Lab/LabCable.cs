namespace Acp.Daemon.Lab;

/// <summary>A veth pair between two boxes, numbered from 0, with the names of its ends.</summary>
public sealed record LabCable(int A, string AInterface, int B, string BInterface);
