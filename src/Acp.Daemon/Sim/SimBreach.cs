namespace Acp.Daemon.Sim;

/// <summary>A rule that did not hold, for programs.</summary>
internal sealed record SimBreach(string Rule, double AtMs, string Text, IReadOnlyList<int> Nodes, IReadOnlyList<string> Story);
