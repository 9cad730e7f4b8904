namespace Acp.Simulation.Rules;

/// <summary>What is wrong, in a sentence, and the numbers of the nodes concerned.</summary>
internal sealed record Finding(string Text, IReadOnlyList<int> Nodes);
