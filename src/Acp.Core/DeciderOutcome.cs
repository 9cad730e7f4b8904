namespace Acp.Core;

/// <summary>Which of two authenticated neighbours selects the secure channel (RFC 8994 §6.6).</summary>
public enum DeciderOutcome
{
    /// <summary>The peer is the Decider, we follow.</summary>
    PeerDecides = 0,

    /// <summary>We are the Decider.</summary>
    WeDecide,

    /// <summary>The peer shows our own identity: refuse it and raise an alarm (C-07).</summary>
    Clone,
}
