using Acp.Asa;
using Acp.Wire.Attach;
using Acp.Wire.Grasp;

namespace Acp.Daemon.Attach;

/// <summary>Makes calls that came over the socket.</summary>
internal static class AttachDispatch
{
    public static Task<PortReply> PerformAsync(IGraspPort engine, AttachCall call, CancellationToken cancel) => call switch
    {
        AttachCall.RegisterAsa c => engine.RegisterAsa(c.Name, cancel),
        AttachCall.DeregisterAsa c => engine.DeregisterAsa(c.Asa, c.Name, cancel),
        AttachCall.RegisterObjective c => engine.RegisterObjective(c.Asa, c.Objective, AttachTranslation.Registration(c), cancel),
        AttachCall.DeregisterObjective c => engine.DeregisterObjective(c.Asa, c.Objective, cancel),
        AttachCall.Discover c => engine.Discover(c.Asa, c.Objective, c.Timeout, c.MinimumTtl, c.Enough, cancel),
        AttachCall.RequestNegotiate c => engine.RequestNegotiate(
            c.Asa, c.Objective, AttachTranslation.FromWire(c.Peer), c.Timeout, c.Rapid, c.FreeExchange, cancel),
        AttachCall.ListenNegotiate c => engine.ListenNegotiate(c.Asa, c.Objective, cancel),
        AttachCall.StopListenNegotiate c => engine.StopListenNegotiate(c.Asa, c.Objective, cancel),
        AttachCall.NegotiateStep c => engine.NegotiateStep(c.Asa, c.Session, c.Objective, c.Timeout, cancel),
        AttachCall.NegotiateWait c => engine.NegotiateWait(c.Asa, c.Session, c.Timeout, cancel),
        AttachCall.EndNegotiate c => engine.EndNegotiate(c.Asa, c.Session, c.Accept, c.Reason, cancel),
        AttachCall.SendInvalid c => engine.SendInvalid(c.Asa, c.Session, c.Info, cancel),
        AttachCall.Send c => engine.Send(c.Asa, c.Session, c.Item, cancel),
        AttachCall.Receive c => engine.Receive(c.Asa, c.Session, c.Timeout, cancel),
        AttachCall.Synchronize c => engine.Synchronize(c.Asa, c.Objective, AttachTranslation.FromWire(c.Peer), c.Timeout, c.Rapid, cancel),
        AttachCall.ListenSynchronize c => engine.ListenSynchronize(c.Asa, c.Objective, cancel),
        AttachCall.StopListenSynchronize c => engine.StopListenSynchronize(c.Asa, c.Objective, cancel),
        AttachCall.Flood c => engine.Flood(c.Asa, c.Ttl, [.. c.Objectives.Select(o => new FloodEntry(o.Objective, o.Locator))], cancel),
        AttachCall.GetFlood c => engine.GetFlood(c.Asa, c.Objective, cancel),
        AttachCall.WatchFloods c => engine.WatchFloods(c.Asa, c.Objective, c.After, cancel),
        AttachCall.ExpireFlood c => engine.ExpireFlood(c.Asa, c.Objective, c.Locator, cancel),
        AttachCall.DumpAll => engine.DumpAll(cancel),
        AttachCall.AwaitOperational => engine.AwaitOperational(cancel),
        _ => Task.FromResult(new PortReply(GraspError.unspec)),
    };
}
