namespace Acp.Simulation;

/// <summary>The parts of a run, in order.</summary>
public enum SimulationPhase
{
    /// <summary>From power-on until every pair routes.</summary>
    Converging,

    /// <summary>The schedule is played.</summary>
    Playing,

    /// <summary>After its last event, until every pair routes again.</summary>
    Reconverging,

    /// <summary>Watched for a while, before the rules of quiescence are checked.</summary>
    Settling,

    Done,
}
