using Acp.Core.Time;
using Acp.Wire;
using Acp.Wire.Grasp;

namespace Acp.Core.Grasp;

/// <summary>Flooding (RFC 8990 §2.5.6.2): our own floods, and taking in and relaying those of others.</summary>
internal sealed class FloodMachine(GraspState state, FloodWatchers watchers)
{
    /// <summary>Octets of UDP payload that fit a 1280-octet packet (RFC 8990 §2.5.3).</summary>
    public const int MaxMulticastPayload = 1280 - 40 - 8;

    private readonly SeenTable _seen = new(state.Options.SeenFloodLifetime, state.Options.MaxSeen, state.Counters);
    private readonly SeenTable _verified = new(state.Options.SeenFloodLifetime, state.Options.MaxSeen, state.Counters);
    private readonly RelayLimiter _limiter = new(state.Options.RelayedFloodsPerSecond, state.Options.RelayBurstSeconds);
    private readonly Dictionary<(string Name, Locator? Locator), OwnFlood> _own = [];

    public int SeenCount => _seen.Count;

    /// <summary>Signatures, ours and others'.</summary>
    public FloodAuthentication Authentication { get; } = new(state);

    /// <summary>The flood was checked: its objectives are the ASA's.</summary>
    public GraspError Flood(Instant now, AsaHandle asa, TimeSpan ttl, ValueList<FloodEntry> entries)
    {
        if (entries.Count == 0)
            return GraspError.unspec;
        if (ttl < TimeSpan.Zero || ttl.TotalMilliseconds > uint.MaxValue)
            return GraspError.unspec;
        foreach (var entry in entries)
        {
            if (!IsUsable(entry.Locator))
                return GraspError.invalidLoc;
            if (entry.Objective.Value is { } value && !CborValue.IsWellFormed(value))
                return GraspError.badValue;
        }
        // I-18, and what H-38 makes of an initiator that has no other address.
        var linkOnly = entries.Any(e => IsUnspecified(e.Locator)) || state.Initiator.Ipv6 is { IsLinkLocal: true } || state.IsDull;
        uint id;
        do
        {
            id = state.Sessions.New();
            state.Sessions.Release(id);
        }
        while (_seen.Contains(now, id, state.Initiator)); // others remember it for as long as we do, and would take this for a copy (H-35)
        var floods = entries.Select(e => new OwnFlood(asa, id, Normalised(e, linkOnly), ttl,
            ttl == TimeSpan.Zero ? null : now + ttl, linkOnly)).ToList();
        // An address is as long as another: one message tells the length of all, and is all of them where no "::" is in it.
        ByteString bytes = Message(now, null, floods);
        var onMulticast = state.Interfaces.Values.Any(i => i.Kind == GraspInterfaceKind.Multicast);
        // A channel carries any length, but nobody need take a longer one there, and our own engines do not.
        if (bytes.Length > (onMulticast ? MaxMulticastPayload : GraspConstants.GRASP_DEF_MAX_SIZE))
            return GraspError.messageTooLong;

        _seen.TryAdd(now, id, state.Initiator);
        foreach (var flood in floods)
        {
            _own[(flood.Entry.Objective.Name, flood.Entry.Locator)] = flood;
            // What an ASA here floods, the other ASAs here get as well (J-13).
            Put(now, new FloodedObjective(flood.Entry.Objective, flood.Entry.Locator, state.Initiator, null, flood.Expires));
        }
        foreach (var link in state.Interfaces.Values)
        {
            state.Actions.Add(new GraspAction.SendMulticast(link.Id, linkOnly ? Message(now, link, floods) : bytes));
            state.Counters.FloodsSent++;
        }
        return GraspError.ok;
    }

    /// <summary>J-12: what we flooded and still holds, to links or neighbours that were not there at the time.</summary>
    public void Repeat(Instant now, GraspInterface link, GraspNeighbor? neighbor)
    {
        Expire(now);
        // The same session ids as before: whoever has heard them already takes no notice.
        foreach (var floods in _own.Values.GroupBy(f => f.SessionId).OrderBy(g => g.Key))
        {
            ByteString bytes = Message(now, link, [.. floods]);
            state.Actions.Add(neighbor is { } one
                ? new GraspAction.SendToNeighbor(link.Id, one, bytes)
                : new GraspAction.SendMulticast(link.Id, bytes));
            state.Counters.FloodsSent++;
        }
    }

    /// <summary>What this node floods, for whoever asks by unicast (H-40).</summary>
    public Objective? FindOwn(Instant now, string name)
    {
        Expire(now);
        return _own.Values.FirstOrDefault(f => f.Entry.Objective.Name == name)?.Entry.Objective;
    }

    public void Forget(AsaHandle asa, string? objective)
    {
        foreach (var (key, flood) in _own.ToList())
        {
            if (flood.Asa == asa && (objective is null || key.Name == objective))
                _own.Remove(key);
        }
    }

    public void HandleInterfaceDown(GraspInterfaceId down) => _limiter.Forget(down);

    public void HandleFlood(Instant now, GraspInterface arrival, GraspNeighbor source, FloodMessage message, ReadOnlySpan<byte> bytes)
    {
        var loopCount = message.Entries[0].Objective.LoopCount;
        // H-38 looks at the initiator only (J-10): the flooding sessions of the ACP have link-local ends as well. DULL hears
        // nothing but its own link (RFC 8990 §2.5.2).
        if ((message.Initiator.Ipv6 is { IsLinkLocal: true } || state.IsDull) && loopCount != 1
            || state.IsDull && !source.Address.IsLinkLocal)
        {
            state.Counters.Count(GraspDropReason.LinkLocalScope);
            return;
        }
        // A copy that somebody stripped of its signature, or bent, must not keep the true one out that comes by another way:
        // what can be verified is looked at until one is, and that one is relayed even behind another. So nothing is
        // relayed more than twice.
        var seen = _seen.Contains(now, message.SessionId, message.Initiator);
        if (seen && (!Authentication.CanVerify(message) || _verified.Contains(now, message.SessionId, message.Initiator)))
        {
            state.Counters.Count(GraspDropReason.Duplicate);
            return;
        }
        var verdict = Authentication.Judge(now, message, bytes, out var payload);
        var isVerified = verdict.Status == FloodSignatureStatus.Verified;
        if (seen && !isVerified)
        {
            state.Counters.Count(GraspDropReason.Duplicate);
            return;
        }
        if (verdict.IsWrong)
        {
            var refused = Authentication.PolicyOf(message) == FloodPolicy.Require;
            Authentication.Report(now, message, verdict, !refused);
            if (refused)
            {
                state.Counters.Count(GraspDropReason.BadSignature); // O-08: neither taken nor relayed
                return;
            }
        }
        _seen.TryAdd(now, message.SessionId, message.Initiator);
        if (isVerified)
            _verified.TryAdd(now, message.SessionId, message.Initiator);
        state.Counters.FloodsReceived++;
        var held = new HeldFlood(message, arrival, source, now, payload);
        Take(now, held, verdict);
        if (verdict is { Status: FloodSignatureStatus.UnknownCertificate, KeyId: { } keyId })
            Authentication.Hold(now, held, keyId);
        if (!state.IsDull)
            Relay(now, arrival, message, loopCount, bytes);
    }

    /// <summary>A certificate was asked for, and is here or is not to be had.</summary>
    public void HandleFetched(Instant now, CommandId command, GraspResult result)
    {
        foreach (var held in Authentication.HandleFetched(now, command, result))
        {
            var verdict = Authentication.JudgeAgain(now, held);
            if (verdict.Status == FloodSignatureStatus.Verified)
            {
                _verified.TryAdd(now, held.Message.SessionId, held.Message.Initiator);
                Take(now, held, verdict);
            }
            else
                Authentication.Report(now, held.Message, verdict, Authentication.PolicyOf(held.Message) != FloodPolicy.Require);
        }
    }

    // What the policy for each objective lets in.
    private void Take(Instant now, HeldFlood flood, FloodVerdict verdict)
    {
        var message = flood.Message;
        Instant? expires = message.Ttl == TimeSpan.Zero ? null : flood.Received + message.Ttl;
        // Whoever says a signed flood again makes it live no longer.
        if (verdict.Expires is { } end)
            expires = Instant.Earlier(expires, end);
        var missing = false;
        foreach (var entry in message.Entries)
        {
            var policy = Authentication.PolicyOf(entry.Objective);
            if (policy == FloodPolicy.Require && verdict.Status != FloodSignatureStatus.Verified)
            {
                missing = true;
                continue;
            }
            var copy = new FloodedObjective(entry.Objective, OfThisLink(entry.Locator, flood.Arrival, flood.Source), message.Initiator, flood.Arrival.Id, expires)
            {
                Signature = policy == FloodPolicy.Off ? FloodSignatureStatus.NotChecked : verdict.Status,
                IssuedAt = verdict.IssuedAt,
            };
            if (policy == FloodPolicy.Off || !IsBehindWhatWeHave(now, message, copy))
                Put(now, copy);
        }
        if (!missing)
            return;
        state.Counters.Count(GraspDropReason.SignatureMissing);
        // One whose certificate is on its way is judged once more.
        if (verdict.Status != FloodSignatureStatus.UnknownCertificate || verdict.KeyId is null)
            Authentication.Report(now, message, verdict, taken: false);
    }

    // A copy that verified gives way to what verifies as well, and was signed later by the same node or by another.
    private bool IsBehindWhatWeHave(Instant now, FloodMessage message, FloodedObjective copy)
    {
        if (state.FloodCache.Peek(now, copy) is not { Signature: FloodSignatureStatus.Verified } known)
            return false;
        if (copy.Signature != FloodSignatureStatus.Verified)
        {
            state.Counters.Count(GraspDropReason.SignatureMissing);
            Authentication.Report(now, message, new FloodVerdict(copy.Signature, "a copy with a good signature is kept instead"), taken: false);
            return true;
        }
        if (known.Initiator != copy.Initiator || !(copy.IssuedAt < known.IssuedAt))
            return false;
        state.Counters.Count(FloodSignatureStatus.Superseded);
        Authentication.Report(now, message, new FloodVerdict(FloodSignatureStatus.Superseded, "a newer one is kept instead"), taken: false);
        return true;
    }

    // graspy floods the link-local address of its first interface on all of them (quirk 15). A link-local address in a flood
    // is of the link it came by, and where the flood came from is on that link for certain.
    private static Locator? OfThisLink(Locator? locator, GraspInterface arrival, GraspNeighbor source) =>
        arrival.Kind == GraspInterfaceKind.Multicast && source.Address.IsLinkLocal && locator is Ipv6Locator { Address.IsLinkLocal: true } six
            ? six with { Address = source.Address }
            : locator;

    private void Relay(Instant now, GraspInterface arrival, FloodMessage message, byte loopCount, ReadOnlySpan<byte> bytes)
    {
        if (state.Interfaces.Count < 2)
            return;
        if (loopCount <= 1)
        {
            state.Counters.Count(GraspDropReason.LoopCountExhausted);
            return;
        }
        if (!_limiter.TryTake(now, arrival.Id))
        {
            state.Counters.Count(GraspDropReason.FloodRateLimited);
            return;
        }
        ByteString relayed = Decremented(message, loopCount, bytes);
        foreach (var link in state.Interfaces.Values)
        {
            // H-34: never back to where it came from. A message that a multicast link cannot carry stays off it.
            if (link.Id != arrival.Id && (link.Kind == GraspInterfaceKind.Channel || relayed.Length <= MaxMulticastPayload))
                state.Actions.Add(new GraspAction.SendMulticast(link.Id, relayed));
        }
        state.Counters.FloodsRelayed++;
    }

    // Octet by octet what came, but for the one count (trap 5), so that a signature over it holds (O-10, O-11).
    private static byte[] Decremented(FloodMessage message, byte loopCount, ReadOnlySpan<byte> bytes)
    {
        if (FloodLoopCount.TryReplace(bytes, (byte)(loopCount - 1), out var replaced))
            return replaced;
        var first = message.Entries[0];
        var entries = message.Entries.ToArray();
        entries[0] = first with { Objective = first.Objective with { LoopCount = (byte)(loopCount - 1) } };
        return (message with { Entries = [.. entries] }).Encode();
    }

    private void Put(Instant now, FloodedObjective flood)
    {
        if (!state.FloodCache.Put(now, flood))
            return;
        state.Facts.Add(new GraspFact.FloodCached(flood));
        watchers.HandleNews(flood);
    }

    private byte[] Message(Instant now, GraspInterface? link, List<OwnFlood> floods)
    {
        var ttl = floods[0].Expires is { } expires ? expires - now : TimeSpan.Zero;
        var entries = floods.Select(f => f.Entry with { Locator = OnLink(f.Entry.Locator, link) });
        return Authentication.Encode(now, new FloodMessage(floods[0].SessionId, state.Initiator, ttl, entries.ToValueList()));
    }

    private static Locator? OnLink(Locator? locator, GraspInterface? link) =>
        link is not null && locator is Ipv6Locator six && six.Address.IsUnspecified ? six with { Address = link.LinkLocal } : locator;

    private static FloodEntry Normalised(FloodEntry entry, bool linkOnly)
    {
        var loopCount = linkOnly ? (byte)1
            : entry.Objective.LoopCount == 0 ? GraspConstants.GRASP_DEF_LOOPCT : entry.Objective.LoopCount;
        return entry with { Objective = entry.Objective with { LoopCount = loopCount } };
    }

    private static bool IsUnspecified(Locator? locator) => locator is Ipv6Locator { Address.IsUnspecified: true };

    // J-09: inside the ACP no link-local address has a meaning to anybody else; that holds for what "::" would become, too.
    private bool IsUsable(Locator? locator) => locator switch
    {
        Ipv6Locator six when six.Address.IsMulticast => false,
        Ipv6Locator six when six.Address.IsLinkLocal || six.Address.IsUnspecified => state.Options.Kind != GraspInstanceKind.Acp,
        Ipv4Locator four => four.Address != 0,
        FqdnLocator name => name.Name.Length > 0,
        UriLocator uri => uri.Uri.Length > 0,
        _ => true,
    };

    private void Expire(Instant now)
    {
        foreach (var (key, flood) in _own.ToList())
        {
            if (flood.Expires <= now)
                _own.Remove(key);
        }
    }
}
