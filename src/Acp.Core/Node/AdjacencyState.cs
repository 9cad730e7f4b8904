namespace Acp.Core.Node;

/// <summary>Where a neighbour stands on its way to a secure channel.</summary>
public enum AdjacencyState
{
    /// <summary>It announces no method that we support.</summary>
    NoCommonMethod = 0,

    /// <summary>We will initiate at <see cref="AdjacencyEntry.NextAttempt"/>, unless it does first.</summary>
    Waiting,

    /// <summary>Our IKE_SA_INIT is on its way.</summary>
    Initiating,

    /// <summary>Its IKE_SA_INIT came first; we initiate after all if nothing comes of it.</summary>
    Responding,

    /// <summary>Authenticated, with a secure channel.</summary>
    Up,

    /// <summary>Our last attempt failed; the next one is throttled (C-16).</summary>
    Backoff,

    /// <summary>We follow, and the Decider closed the channel: it is for the Decider to return (C-08, C-15).</summary>
    Passive,
}
