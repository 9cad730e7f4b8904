namespace Acp.Daemon.Commands.GraspTools;

/// <summary>One line of an agent that talks.</summary>
internal sealed record SayReport(string Say);
