namespace Acp.Simulation.Reports;

/// <summary>A rule that did not hold.</summary>
/// <param name="Rule">Its name.</param>
/// <param name="Elapsed">Virtual time since power-on.</param>
/// <param name="Text">What is wrong, in a sentence.</param>
/// <param name="Nodes">The numbers of the nodes concerned.</param>
/// <param name="Story">Their last events, oldest first, one a line.</param>
public sealed record RuleBreach(string Rule, TimeSpan Elapsed, string Text, IReadOnlyList<int> Nodes, IReadOnlyList<string> Story)
{
    public override string ToString() => $"{Rule} at {Elapsed}: {Text}\n{string.Join('\n', Story)}";
}
