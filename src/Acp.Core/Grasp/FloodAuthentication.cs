using System.Formats.Cbor;
using Acp.Core.Time;
using Acp.Wire;
using Acp.Wire.Cbor;
using Acp.Wire.Grasp;

namespace Acp.Core.Grasp;

/// <summary>
/// Signatures of floods (draft-carpenter-anima-grasp-ext-sign): puts them on ours, has those of others judged, and asks for
/// certificates that are not known. The draft leaves the keys open; here a node's key is that of its ACP certificate, and
/// whoever signs answers synchronization of <c>acpd:certificate:KID</c>, KID being the SHA-256 of the certificate in hex, with
/// <c>[+ DER]</c>, the leaf first.
/// </summary>
internal sealed class FloodAuthentication(GraspState state)
{
    public const string CertificateObjective = "acpd:certificate:";

    private const string AsaName = "acpd:certificates";
    private const int MaxCertificateMessage = 16 * 1024;
    private const int MaxHeld = 64;
    private const int MaxFetches = 16;
    private const int MaxFailures = 256;

    private static readonly TimeSpan FetchTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FetchPause = TimeSpan.FromMinutes(1);

    private readonly TokenBucket _verifications = new(state.Options.FloodVerificationsPerSecond, 2 * state.Options.FloodVerificationsPerSecond);
    private readonly TokenBucket _reports = new(5, 20);

    // Whoever makes up floods by others must not make a whole domain knock at their door.
    private readonly TokenBucket _questions = new(1, 8);
    private readonly Dictionary<CommandId, ByteString> _fetches = [];
    private readonly Dictionary<ByteString, List<HeldFlood>> _held = [];
    private readonly Queue<(ByteString KeyId, Instant Until)> _failures = new();
    private long _ids;
    private int _heldCount;
    private IFloodSigner? _signer;
    private RegisteredAsa? _asa;

    public IFloodVerifier? Verifier { get; set; }

    /// <summary>What goes and asks for a certificate.</summary>
    public Action<Instant, CommandId, GraspCommand.Synchronize> Ask { get; set; } = (_, _, _) => { };

    /// <summary>Floods that wait for a certificate.</summary>
    public int HeldCount => _heldCount;

    public IFloodSigner? Signer
    {
        get => _signer;
        set
        {
            _signer = value;
            Offer(value);
        }
    }

    public FloodPolicy PolicyOf(Objective objective) => state.IsDull ? FloodPolicy.Off : state.Options.FloodPolicies.Of(objective.Name);

    /// <summary>The strictest of the policies for what is in it.</summary>
    public FloodPolicy PolicyOf(FloodMessage message)
    {
        var strictest = FloodPolicy.Off;
        foreach (var entry in message.Entries)
        {
            if (PolicyOf(entry.Objective) is var policy && policy > strictest)
                strictest = policy;
        }
        return strictest;
    }

    /// <summary>One of ours as it is sent: with its signature, if it is to have one and can.</summary>
    public byte[] Encode(Instant now, FloodMessage message)
    {
        var unsigned = message.Encode();
        if (_signer is null || PolicyOf(message) == FloodPolicy.Off
            || !FloodPayload.TryOfUnsigned(unsigned, out var payload)
            || _signer.Sign(now, payload, message.Ttl) is not { } signature)
            return unsigned;
        state.Counters.FloodsSigned++;
        return (message with { CoseSign = signature }).Encode();
    }

    /// <summary>There is something to verify, somebody who can, and a policy that wants it.</summary>
    public bool CanVerify(FloodMessage message) => Verifier is not null && message.CoseSign is not null && PolicyOf(message) != FloodPolicy.Off;

    /// <summary>What is to be thought of one from outside.</summary>
    public FloodVerdict Judge(Instant now, FloodMessage message, ReadOnlySpan<byte> bytes, out byte[] payload)
    {
        payload = [];
        var verdict = Verifier is null || PolicyOf(message) == FloodPolicy.Off
            ? new FloodVerdict(FloodSignatureStatus.NotChecked)
            : message.CoseSign is not { } signature
                ? new FloodVerdict(message.Signing == FloodSigning.None ? FloodSignatureStatus.Unsigned : FloodSignatureStatus.ObjectivesOnly)
                : !FloodPayload.TryOfSigned(bytes, out payload)
                    ? new FloodVerdict(FloodSignatureStatus.Malformed, "its first objective is not one")
                    : Verify(now, message.Initiator, signature, payload);
        state.Counters.Count(verdict.Status);
        return verdict;
    }

    /// <summary>A flood that was judged once, with what may be known by now.</summary>
    public FloodVerdict JudgeAgain(Instant now, HeldFlood held)
    {
        var verdict = Verifier!.Verify(now, held.Message.Initiator, held.Message.CoseSign!.Value.Span, held.Payload.Span);
        state.Counters.Count(verdict.Status);
        return verdict;
    }

    /// <summary>Keeps a flood until its certificate is here, and asks whoever signed it for that.</summary>
    public void Hold(Instant now, HeldFlood flood, ByteString keyId)
    {
        while (_failures.TryPeek(out var oldest) && oldest.Until <= now)
            _failures.Dequeue();
        var isAsked = _held.TryGetValue(keyId, out var others);
        if (_heldCount >= MaxHeld || keyId.Length != 32 || _failures.Any(f => f.KeyId == keyId)
            || (!isAsked && (_fetches.Count >= MaxFetches || flood.Message.Initiator.Ipv6 is null || !_questions.TryTake(now))))
            return;
        if (!isAsked)
            _held.Add(keyId, others = []);
        others!.Add(flood);
        _heldCount++;
        if (!isAsked)
            Fetch(now, keyId, flood.Message.Initiator.Ipv6!.Value);
    }

    /// <summary>The answer to <see cref="Ask"/>: the floods that waited for it, if it brought the certificate.</summary>
    public IReadOnlyList<HeldFlood> HandleFetched(Instant now, CommandId command, GraspResult result)
    {
        if (!_fetches.Remove(command, out var keyId) || !_held.Remove(keyId, out var waiting))
            return [];
        _heldCount -= waiting.Count;
        if (result is GraspResult.Synchronized { Objective.Value: { } value } && TryReadChain(value, out var chain))
        {
            state.Counters.CertificatesFetched++;
            Verifier?.Learn(now, chain);
            return waiting;
        }
        if (_failures.Count >= MaxFailures)
            _failures.Dequeue();
        _failures.Enqueue((keyId, now + FetchPause));
        return [];
    }

    /// <summary>Says what is wrong with a flood, but not a thousand times a second.</summary>
    public void Report(Instant now, FloodMessage message, FloodVerdict verdict, bool taken)
    {
        if (!_reports.TryTake(now))
            return;
        state.Facts.Add(new GraspFact.FloodSignature(message.Entries[0].Objective.Name, message.Initiator, verdict.Status, taken, verdict.Detail));
    }

    private FloodVerdict Verify(Instant now, Initiator initiator, ByteString signature, ReadOnlySpan<byte> payload)
    {
        if (!_verifications.TryTake(now))
            return new FloodVerdict(FloodSignatureStatus.RateLimited);
        return Verifier!.Verify(now, initiator, signature.Span, payload);
    }

    private void Fetch(Instant now, ByteString keyId, Ipv6Address initiator)
    {
        // Below zero: an ASA's own calls count upwards.
        var command = new CommandId(--_ids);
        _fetches.Add(command, keyId);
        // In the ACP an address is all that it takes to reach a node; elsewhere ports differ.
        var peer = state.Options.Kind == GraspInstanceKind.Acp ? AsaLocator.Tcp(initiator, GraspConstants.GRASP_LISTEN_PORT) : null;
        Ask(now, command, new GraspCommand.Synchronize(default, NameOf(keyId), peer, FetchTimeout) { MaxMessageSize = MaxCertificateMessage });
    }

    private static Objective NameOf(ByteString keyId) => new(CertificateObjective + Convert.ToHexStringLower(keyId.Span),
        ObjectiveFlags.F_DISC | ObjectiveFlags.F_SYNCH, GraspConstants.GRASP_DEF_LOOPCT, null);

    // Our own certificate, for whoever asks; like any ASA's objective it is seen in the registry.
    private void Offer(IFloodSigner? signer)
    {
        if (_asa is { } before)
        {
            foreach (var objective in before.Objectives.ToList())
                state.Registry.Remove(objective);
        }
        if (signer is null || (_asa is null && state.Registry.AddAsa(AsaName, out _asa) != GraspError.ok))
            return;
        var name = NameOf(signer.KeyId);
        state.Registry.AddObjective(_asa!, new GraspCommand.RegisterObjective(_asa!.Handle, name) { MaxMessageSize = MaxCertificateMessage });
        var w = new CborWriter();
        w.WriteStartArray(signer.Certificates.Count);
        foreach (var certificate in signer.Certificates)
            w.WriteByteString(certificate.Span);
        w.WriteEndArray();
        if (state.Registry.FindOwn(_asa, name.Name, out var registered) == GraspError.ok)
            registered!.SynchronizationValue = name with { Value = w.Encode() };
    }

    private static bool TryReadChain(ByteString value, out List<ReadOnlyMemory<byte>> chain)
    {
        chain = [];
        if (!BoundedCborReader.TryOpen(value.Memory, new CborLimits(MaxCertificateMessage, 2, 16, 0), out var reader, out _) || !reader.TryReadStartArray())
            return false;
        while (!reader.AtEndOfArray)
        {
            if (!reader.TryReadBytes(out var certificate))
                return false;
            chain.Add(certificate);
        }
        return chain.Count > 0;
    }
}
