namespace Acp.Simulation;

/// <summary>How far a run is, for whoever waits for it.</summary>
/// <param name="Phase">What is going on.</param>
/// <param name="Elapsed">Virtual time since power-on.</param>
/// <param name="Events">Steps so far: packets, wakings, answers.</param>
/// <param name="Channels">Channels that both ends hold.</param>
/// <param name="Joined">Running nodes in the largest DODAG.</param>
public sealed record SimulationProgress(SimulationPhase Phase, TimeSpan Elapsed, long Events, int Channels, int Joined);
