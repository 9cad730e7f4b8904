using Acp.Core.Grasp;
using Acp.Core.Time;
using EngineLocator = Acp.Core.Grasp.AsaLocator;

namespace Acp.Asa.Embedded;

/// <summary>Between the API's records and the engine's, which count time in instants.</summary>
internal static class Translation
{
    public static EngineLocator? Locator(AsaLocator? locator) => locator is null
        ? null
        : new EngineLocator(locator.Locator, locator.Interface == 0 ? null : new GraspInterfaceId(locator.Interface), null, locator.IsDiverted);

    public static AsaLocator Locator(Instant now, EngineLocator locator) =>
        new(locator.Locator, locator.Interface?.Value ?? 0, locator.Expires - now, locator.IsDiverted);

    public static TaggedObjective Flood(Instant now, FloodedObjective flood) =>
        new(Objective.FromWire(flood.Objective), flood.Locator, flood.Expires - now) { Signature = flood.Signature };

    public static PortReply Reply(Instant now, GraspResult result)
    {
        var reply = new PortReply(result.Error);
        return result switch
        {
            GraspResult.Done r => reply with { Reason = r.Reason },
            GraspResult.AsaRegistered r => reply with { Asa = r.Asa.Value },
            GraspResult.Discovered r => reply with { Locators = [.. r.Locators.Select(l => Locator(now, l))] },
            GraspResult.Negotiated r => reply with { Session = r.Session?.Value, Objective = r.Objective, Peer = r.Peer },
            GraspResult.NegotiationRequested r => reply with { Session = r.Session.Value, Objective = r.Objective, Peer = r.Peer },
            GraspResult.Dumped r => reply with { Item = r.Item.Memory },
            GraspResult.Received r => reply with { Item = r.Item.Memory },
            GraspResult.Synchronized r => reply with { Objective = r.Objective },
            GraspResult.FloodNews r => reply with { Floods = [.. r.Objectives.Select(f => Flood(now, f))], Next = r.Next },
            GraspResult.Floods r => reply with { Floods = [.. r.Objectives.Select(f => Flood(now, f))] },
            _ => reply,
        };
    }
}
