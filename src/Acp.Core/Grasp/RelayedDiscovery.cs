using Acp.Core.Time;
using Acp.Wire.Grasp;

namespace Acp.Core.Grasp;

/// <summary>A discovery of somebody else's that we passed on, and whose results we pass back until it times out.</summary>
internal sealed class RelayedDiscovery(DiscoveryMachine machine, uint sessionId, Initiator initiator, string objective, ReplyPath back) : Timed
{
    public uint SessionId { get; } = sessionId;

    public Initiator Initiator { get; } = initiator;

    public string Objective { get; } = objective;

    public ReplyPath Back { get; } = back;

    /// <summary>What was passed back, so that it is once.</summary>
    public HashSet<Locator> Passed { get; } = [];

    public override void HandleDeadline(Instant now) => machine.Forget(this);
}
