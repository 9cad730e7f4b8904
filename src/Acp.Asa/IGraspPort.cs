using Acp.Wire.Grasp;
using WireObjective = Acp.Wire.Grasp.Objective;

namespace Acp.Asa;

/// <summary>
/// What the API asks of an engine, wherever that is: in this process, or simulated. One method for each call of RFC 8991
/// §2.3; none throws but for cancellation, after which the engine has forgotten the call and ended what it was part of.
/// A timeout of zero is GRASP_DEF_TIMEOUT, except in <see cref="Discover"/>.
/// </summary>
public interface IGraspPort
{
    /// <summary>Fills <see cref="PortReply.Asa"/>.</summary>
    Task<PortReply> RegisterAsa(string name, CancellationToken cancel);

    Task<PortReply> DeregisterAsa(uint asa, string name, CancellationToken cancel);

    Task<PortReply> RegisterObjective(uint asa, WireObjective objective, ObjectiveRegistration registration, CancellationToken cancel);

    Task<PortReply> DeregisterObjective(uint asa, string objective, CancellationToken cancel);

    /// <summary>Fills <see cref="PortReply.Locators"/>, the best first.</summary>
    /// <param name="timeout">Zero looks no further than the cache.</param>
    /// <param name="enough">Do not wait for more locators than these; 0 for all there are.</param>
    Task<PortReply> Discover(uint asa, WireObjective objective, TimeSpan timeout, TimeSpan minimumTtl, int enough, CancellationToken cancel);

    /// <summary>
    /// Fills <see cref="PortReply.Session"/> (null: the peer accepted), <see cref="PortReply.Objective"/> and, if known,
    /// <see cref="PortReply.Peer"/>.
    /// </summary>
    Task<PortReply> RequestNegotiate(
        uint asa, WireObjective objective, AsaLocator? peer, TimeSpan timeout, bool rapid, bool freeExchange, CancellationToken cancel);

    /// <summary>One request: fills <see cref="PortReply.Session"/>, <see cref="PortReply.Objective"/>, <see cref="PortReply.Peer"/>.</summary>
    Task<PortReply> ListenNegotiate(uint asa, string objective, CancellationToken cancel);

    Task<PortReply> StopListenNegotiate(uint asa, string objective, CancellationToken cancel);

    /// <summary>As <see cref="RequestNegotiate"/>.</summary>
    Task<PortReply> NegotiateStep(uint asa, uint session, WireObjective objective, TimeSpan timeout, CancellationToken cancel);

    Task<PortReply> NegotiateWait(uint asa, uint session, TimeSpan timeout, CancellationToken cancel);

    Task<PortReply> EndNegotiate(uint asa, uint session, bool accept, string? reason, CancellationToken cancel);

    Task<PortReply> SendInvalid(uint asa, uint session, ReadOnlyMemory<byte> info, CancellationToken cancel);

    Task<PortReply> Send(uint asa, uint session, ReadOnlyMemory<byte> item, CancellationToken cancel);

    /// <summary>Fills <see cref="PortReply.Item"/>.</summary>
    Task<PortReply> Receive(uint asa, uint session, TimeSpan timeout, CancellationToken cancel);

    /// <summary>Fills <see cref="PortReply.Objective"/>.</summary>
    Task<PortReply> Synchronize(uint asa, WireObjective objective, AsaLocator? peer, TimeSpan timeout, bool rapid, CancellationToken cancel);

    Task<PortReply> ListenSynchronize(uint asa, WireObjective objective, CancellationToken cancel);

    Task<PortReply> StopListenSynchronize(uint asa, string objective, CancellationToken cancel);

    /// <param name="ttl">Zero never expires.</param>
    Task<PortReply> Flood(uint asa, TimeSpan ttl, IReadOnlyList<FloodEntry> objectives, CancellationToken cancel);

    /// <summary>Fills <see cref="PortReply.Floods"/>, the newest first.</summary>
    /// <param name="objective">Null for all.</param>
    Task<PortReply> GetFlood(uint asa, string? objective, CancellationToken cancel);

    /// <summary>
    /// Fills <see cref="PortReply.Floods"/>, the oldest news first, as soon as there is a copy that became news after that
    /// many others, and <see cref="PortReply.Next"/>, which is where to go on.
    /// </summary>
    /// <param name="objective">Null for all.</param>
    /// <param name="after">0 for what is known already, too.</param>
    Task<PortReply> WatchFloods(uint asa, string? objective, long after, CancellationToken cancel);

    /// <summary>Answered as soon as there is a network; until then the others are answered noSecurity.</summary>
    Task<PortReply> AwaitOperational(CancellationToken cancel);

    /// <summary>Fills <see cref="PortReply.Item"/> with a map of what the engine knows, for people.</summary>
    Task<PortReply> DumpAll(CancellationToken cancel);

    Task<PortReply> ExpireFlood(uint asa, string objective, Locator? locator, CancellationToken cancel);
}
