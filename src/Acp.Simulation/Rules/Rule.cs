namespace Acp.Simulation.Rules;

/// <summary>Something that must hold, always or when the network is quiet. One object serves one simulation, and may remember.</summary>
internal abstract class Rule
{
    /// <summary>As reports call it.</summary>
    public abstract string Name { get; }

    /// <summary>What is wrong at this instant, whatever goes on.</summary>
    public virtual IEnumerable<Finding> Check(Simulation simulation) => [];

    /// <summary>What is wrong, given that nothing has happened for a while.</summary>
    public virtual IEnumerable<Finding> CheckQuiet(Simulation simulation) => [];
}
