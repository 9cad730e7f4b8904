using Acp.Core.Time;

namespace Acp.Core;

/// <summary>
/// What every state machine has in common: it can be told the time, and says when it wants to be told again. Events
/// are methods of the machine itself (<c>HandleDatagram</c>, <c>HandleLinkDown</c>, …), each with the instant first.
/// Waking a machine too early is harmless.
/// </summary>
public interface IMachine
{
    /// <summary>When this machine next wants <see cref="HandleTime"/>; null for never.</summary>
    Instant? NextDeadline { get; }

    /// <summary>It is now this instant: do whatever is due.</summary>
    void HandleTime(Instant now);
}
