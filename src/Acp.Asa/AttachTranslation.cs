using Acp.Wire.Attach;

namespace Acp.Asa;

/// <summary>Between the API's records and those of the attach protocol, for both ends of it.</summary>
internal static class AttachTranslation
{
    public static uint Flags(ObjectiveRegistration registration) =>
        (registration.Discoverable ? 1u : 0) | (registration.Overlap ? 2u : 0) | (registration.Local ? 4u : 0) | (registration.Rapid ? 8u : 0);

    public static ObjectiveRegistration Registration(AttachCall.RegisterObjective call) => new()
    {
        Ttl = call.Ttl,
        Discoverable = (call.Flags & 1) != 0,
        Overlap = (call.Flags & 2) != 0,
        Local = (call.Flags & 4) != 0,
        Rapid = (call.Flags & 8) != 0,
        Locators = call.Locators,
        MaxMessageSize = call.MaxMessageSize,
    };

    public static AttachLocator? ToWire(AsaLocator? locator) =>
        locator is null ? null : new AttachLocator(locator.Locator, locator.Interface, locator.Ttl, locator.IsDiverted);

    public static AsaLocator? FromWire(AttachLocator? locator) =>
        locator is null ? null : new AsaLocator(locator.Locator, locator.Interface, locator.Ttl, locator.IsDiverted);

    public static AttachReply ToWire(PortReply reply) => new(reply.Error)
    {
        Reason = reply.Reason,
        Asa = reply.Asa,
        Session = reply.Session,
        Objective = reply.Objective,
        Peer = reply.Peer,
        Locators = [.. reply.Locators.Select(l => ToWire(l)!)],
        Floods = [.. reply.Floods.Select(f => new AttachFlood(f.Objective.ToWire(), f.Locator, f.Ttl, f.Signature))],
        Next = reply.Next,
        Item = reply.Item,
    };

    public static PortReply FromWire(AttachReply reply) => new(reply.Error)
    {
        Reason = reply.Reason,
        Asa = reply.Asa,
        Session = reply.Session,
        Objective = reply.Objective,
        Peer = reply.Peer,
        Locators = [.. reply.Locators.Select(l => FromWire(l)!)],
        Floods = [.. reply.Floods.Select(f => new TaggedObjective(Objective.FromWire(f.Objective), f.Locator, f.Ttl) { Signature = f.Signature })],
        Next = reply.Next,
        Item = reply.Item,
    };
}
