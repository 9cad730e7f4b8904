using System.Diagnostics.CodeAnalysis;
using System.Formats.Cbor;
using System.Text;
using Acp.Wire.Cbor;

namespace Acp.Wire.Grasp;

/// <summary>
/// Octets to records. Reads the header by position, then sorts the elements after it by kind, so that an option which
/// does not belong is passed over wherever it stands (H-11, O-01). The CDDL of each message stands at its record.
/// </summary>
internal sealed class GraspDecoder
{
    private readonly List<Objective> _objectives = [];
    private readonly List<Locator> _locators = [];
    private readonly List<FloodEntry> _entries = [];
    private readonly List<ByteString> _unknown = [];
    private List<Locator>? _divert;
    private bool? _accepted;
    private string? _reason;
    private ByteString? _signature;
    private int _droppedEntries;

    private delegate GraspRefusal ElementReader(ReadOnlyMemory<byte> element, bool isLast);

    public static bool TryReadSessionId(ReadOnlySpan<byte> bytes, out byte messageType, out uint sessionId)
    {
        messageType = 0;
        sessionId = 0;
        if (bytes.Length > GraspConstants.GRASP_DEF_MAX_SIZE
            || !BoundedCborReader.TryOpen(bytes.ToArray(), GraspConstants.DefaultLimits, out var reader, out _)
            || !reader.TryReadStartArray()
            || !reader.TryReadUInt(byte.MaxValue, out var type)
            || !reader.TryReadUInt(uint.MaxValue, out var id))
            return false;
        messageType = (byte)type;
        sessionId = (uint)id;
        return messageType != GraspConstants.M_NOOP;
    }

    public bool TryDecode(ReadOnlySpan<byte> bytes, CborLimits limits,
        [NotNullWhen(true)] out GraspMessage? message, out GraspRefusal refusal)
    {
        message = null;
        if (bytes.Length > limits.MaxSize)
        {
            refusal = GraspRefusal.OverLimits;
            return false;
        }
        // One copy; every value in the record is a slice of it.
        if (!BoundedCborReader.TryOpen(bytes.ToArray(), limits, out var reader, out var cbor))
        {
            refusal = cbor switch
            {
                CborRefusal.Truncated => GraspRefusal.Truncated,
                CborRefusal.TrailingBytes => GraspRefusal.TrailingBytes,
                CborRefusal.Malformed => GraspRefusal.MalformedCbor,
                _ => GraspRefusal.OverLimits,
            };
            return false;
        }
        refusal = Read(reader, out message);
        if (refusal != GraspRefusal.None)
            message = null;
        return message is not null;
    }

    // message-structure = [MESSAGE_TYPE, session-id, ?initiator, *grasp-option]
    private GraspRefusal Read(BoundedCborReader reader, out GraspMessage? message)
    {
        message = null;
        if (!reader.TryReadStartArray() || !reader.TryReadUInt(byte.MaxValue, out var type))
            return GraspRefusal.NotAMessage;
        if (type is not (<= GraspConstants.M_FLOOD or GraspConstants.M_INVALID))
            return GraspRefusal.UnknownMessageType;
        ulong id = 0;
        if (type != GraspConstants.M_NOOP && !reader.TryReadUInt(uint.MaxValue, out id))
            return GraspRefusal.BadSessionId;

        var refusal = (byte)type switch
        {
            GraspConstants.M_NOOP => ReadNoop(reader, out message),
            GraspConstants.M_DISCOVERY => ReadDiscovery(reader, (uint)id, out message),
            GraspConstants.M_RESPONSE => ReadResponse(reader, (uint)id, out message),
            GraspConstants.M_END => ReadEnd(reader, (uint)id, out message),
            GraspConstants.M_WAIT => ReadWait(reader, (uint)id, out message),
            GraspConstants.M_FLOOD => ReadFlood(reader, (uint)id, out message),
            GraspConstants.M_INVALID => ReadInvalid(reader, (uint)id, out message),
            _ => ReadObjectiveMessage(reader, (byte)type, (uint)id, out message),
        };
        if (message is not null && _unknown.Count > 0)
            message = message with { Unknown = _unknown.ToValueList() };
        return refusal;
    }

    private GraspRefusal ReadNoop(BoundedCborReader reader, out GraspMessage? message)
    {
        message = new NoopMessage();
        return ReadElements(reader, Pass);
    }

    private GraspRefusal ReadDiscovery(BoundedCborReader reader, uint id, out GraspMessage? message)
    {
        message = null;
        var refusal = ReadInitiator(reader, out var initiator);
        if (refusal != GraspRefusal.None)
            return refusal;
        refusal = ReadOneObjective(reader, out var objective);
        if (refusal == GraspRefusal.None)
            message = new DiscoveryMessage(id, initiator, objective!);
        return refusal;
    }

    private GraspRefusal ReadObjectiveMessage(BoundedCborReader reader, byte type, uint id, out GraspMessage? message)
    {
        message = null;
        var refusal = ReadOneObjective(reader, out var objective);
        if (refusal != GraspRefusal.None)
            return refusal;
        // A value may be absent in discovery and in a request for synchronization; elsewhere it is the point (H-15, H-47).
        if (objective!.Value is null && type != GraspConstants.M_REQ_SYN)
            return GraspRefusal.MissingValue;
        message = type switch
        {
            GraspConstants.M_REQ_NEG => new RequestNegotiationMessage(id, objective),
            GraspConstants.M_REQ_SYN => new RequestSynchronizationMessage(id, objective),
            GraspConstants.M_NEGOTIATE => new NegotiationMessage(id, objective),
            _ => new SynchMessage(id, objective),
        };
        return GraspRefusal.None;
    }

    private GraspRefusal ReadResponse(BoundedCborReader reader, uint id, out GraspMessage? message)
    {
        message = null;
        var refusal = ReadInitiator(reader, out var initiator);
        if (refusal != GraspRefusal.None)
            return refusal;
        TimeSpan ttl;
        if (reader.Peek() == CborReaderState.NegativeInteger && reader.TrySkip())
            ttl = TimeSpan.FromMilliseconds(1);
        else if (!TryReadMilliseconds(reader, out ttl))
            return GraspRefusal.BadTtl;

        refusal = ReadElements(reader, SortResponseElement);
        if (refusal != GraspRefusal.None)
            return refusal;
        if (_objectives.Count > 1)
            return GraspRefusal.TooManyObjectives;
        if (_divert is not null && (_locators.Count > 0 || _divert.Count == 0))
            return GraspRefusal.BadDivert;
        var locators = _divert ?? _locators;
        if (locators.Count == 0)
            return GraspRefusal.MissingLocator;
        message = new ResponseMessage(id, initiator, ttl, locators.ToValueList())
        {
            IsDivert = _divert is not null,
            Objective = _objectives.FirstOrDefault(),
        };
        return GraspRefusal.None;
    }

    private GraspRefusal ReadEnd(BoundedCborReader reader, uint id, out GraspMessage? message)
    {
        message = null;
        var refusal = ReadElements(reader, SortEndElement);
        if (refusal != GraspRefusal.None)
            return refusal;
        if (_accepted is not { } accepted)
            return GraspRefusal.MissingOutcome;
        message = new EndMessage(id, accepted, _reason);
        return GraspRefusal.None;
    }

    private GraspRefusal ReadWait(BoundedCborReader reader, uint id, out GraspMessage? message)
    {
        message = null;
        if (!TryReadMilliseconds(reader, out var time))
            return GraspRefusal.BadWaitingTime;
        message = new WaitMessage(id, time);
        return ReadElements(reader, Pass);
    }

    private GraspRefusal ReadFlood(BoundedCborReader reader, uint id, out GraspMessage? message)
    {
        message = null;
        var refusal = ReadInitiator(reader, out var initiator);
        if (refusal != GraspRefusal.None)
            return refusal;
        if (!TryReadMilliseconds(reader, out var ttl))
            return GraspRefusal.BadTtl;
        refusal = ReadElements(reader, SortFloodElement);
        if (refusal != GraspRefusal.None)
            return refusal;
        if (_entries.Count == 0)
            return GraspRefusal.EmptyFlood;
        message = new FloodMessage(id, initiator, ttl, _entries.ToValueList())
        {
            CoseSign = _signature,
            DroppedEntries = _droppedEntries,
        };
        return GraspRefusal.None;
    }

    private GraspRefusal ReadInvalid(BoundedCborReader reader, uint id, out GraspMessage? message)
    {
        ByteString? content = null;
        if (!reader.AtEndOfArray && reader.TryReadEncoded(out var encoded))
            content = encoded;
        message = new InvalidMessage(id, content);
        return ReadElements(reader, Pass);
    }

    private GraspRefusal ReadOneObjective(BoundedCborReader reader, out Objective? objective)
    {
        var refusal = ReadElements(reader, SortObjectiveElement);
        objective = _objectives.FirstOrDefault();
        return refusal != GraspRefusal.None ? refusal : _objectives.Count switch
        {
            0 => GraspRefusal.MissingObjective,
            1 => GraspRefusal.None,
            _ => GraspRefusal.TooManyObjectives,
        };
    }

    private static GraspRefusal ReadInitiator(BoundedCborReader reader, out Initiator initiator)
    {
        initiator = default;
        return reader.TryReadBytes(out var bytes) && Initiator.TryRead(bytes, out initiator)
            ? GraspRefusal.None
            : GraspRefusal.BadInitiator;
    }

    private static bool TryReadMilliseconds(BoundedCborReader reader, out TimeSpan time)
    {
        var read = reader.TryReadUInt(uint.MaxValue, out var milliseconds);
        time = TimeSpan.FromMilliseconds(read ? (long)milliseconds : 0);
        return read;
    }

    private static GraspRefusal ReadElements(BoundedCborReader reader, ElementReader sort)
    {
        while (!reader.AtEndOfArray)
        {
            if (!reader.TryReadEncoded(out var element))
                return GraspRefusal.MalformedCbor;
            var refusal = sort(element, reader.AtEndOfArray);
            if (refusal != GraspRefusal.None)
                return refusal;
        }
        return GraspRefusal.None;
    }

    private GraspRefusal Pass(ReadOnlyMemory<byte> element, bool isLast)
    {
        _unknown.Add(element);
        return GraspRefusal.None;
    }

    private GraspRefusal SortObjectiveElement(ReadOnlyMemory<byte> element, bool isLast)
    {
        if (GraspElement.KindOf(element, out _) != GraspElementKind.Objective)
            return Pass(element, isLast);
        if (!TryReadObjective(element, out var objective))
            return GraspRefusal.BadObjective;
        _objectives.Add(objective);
        return GraspRefusal.None;
    }

    private GraspRefusal SortResponseElement(ReadOnlyMemory<byte> element, bool isLast)
    {
        if (GraspElement.KindOf(element, out var option) != GraspElementKind.Option)
            return SortObjectiveElement(element, isLast);
        if (option == GraspConstants.O_DIVERT)
            return ReadDivert(element);
        if (!LocatorReader.IsLocator(option))
            return Pass(element, isLast);
        if (!LocatorReader.TryRead(element, out var locator))
            return GraspRefusal.BadLocator;
        _locators.Add(locator);
        return GraspRefusal.None;
    }

    // divert-option = [O_DIVERT, +locator-option]. Locators that cannot be read, or are link-local and so of no use
    // elsewhere (H-14), are left out as long as one remains.
    private GraspRefusal ReadDivert(ReadOnlyMemory<byte> element)
    {
        if (_divert is not null)
            return GraspRefusal.BadDivert;
        _divert = [];
        var reader = BoundedCborReader.OverChecked(element);
        reader.TryReadStartArray();
        reader.TrySkip();
        while (!reader.AtEndOfArray && reader.TryReadEncoded(out var inner))
        {
            if (LocatorReader.TryRead(inner, out var locator) && locator is not Ipv6Locator { Address.IsLinkLocal: true })
                _divert.Add(locator);
        }
        return GraspRefusal.None;
    }

    // accept-option = [O_ACCEPT]; decline-option = [O_DECLINE, ?reason]; reason = text
    private GraspRefusal SortEndElement(ReadOnlyMemory<byte> element, bool isLast)
    {
        if (GraspElement.KindOf(element, out var option) != GraspElementKind.Option
            || option is not (GraspConstants.O_ACCEPT or GraspConstants.O_DECLINE))
            return Pass(element, isLast);
        if (_accepted is not null)
            return GraspRefusal.BadOutcome;
        _accepted = option == GraspConstants.O_ACCEPT;
        var reader = BoundedCborReader.OverChecked(element);
        reader.TryReadStartArray();
        reader.TrySkip();
        if (_accepted == false && !reader.AtEndOfArray && !reader.TryReadNull() && !reader.TryReadText(out _reason))
            return GraspRefusal.BadOutcome;
        return GraspRefusal.None;
    }

    // +[objective, (locator-option / [])], ?sign-option
    private GraspRefusal SortFloodElement(ReadOnlyMemory<byte> element, bool isLast)
    {
        switch (GraspElement.KindOf(element, out var option))
        {
            case GraspElementKind.Entry:
                return ReadEntry(element);
            case GraspElementKind.Objective:
                _droppedEntries++; // an objective without the brackets around it and its locator
                return GraspRefusal.None;
            case GraspElementKind.Option when option == GraspConstants.O_COSE_SIGN && isLast:
                var reader = BoundedCborReader.OverChecked(element);
                reader.TryReadStartArray();
                reader.TrySkip();
                if (!reader.TryReadBytes(out var signature) || !reader.AtEndOfArray)
                    return GraspRefusal.BadSignature;
                _signature = signature;
                return GraspRefusal.None;
            default:
                return Pass(element, isLast);
        }
    }

    private GraspRefusal ReadEntry(ReadOnlyMemory<byte> element)
    {
        var reader = BoundedCborReader.OverChecked(element);
        reader.TryReadStartArray();
        if (!reader.TryReadEncoded(out var inner) || !TryReadObjective(inner, out var objective))
            return GraspRefusal.BadObjective;
        Locator? locator = null;
        if (reader.AtEndOfArray || !reader.TryReadEncoded(out var tag)
            || (GraspElement.KindOf(tag, out _) != GraspElementKind.Empty && !LocatorReader.TryRead(tag, out locator)))
            _droppedEntries++;
        else
            _entries.Add(new FloodEntry(objective, locator));
        return GraspRefusal.None;
    }

    // objective = [objective-name, objective-flags, loop-count, ?objective-value] /
    //             [objective-name, objective-flags, loop-count, objective-value, objective-signature]
    private static bool TryReadObjective(ReadOnlyMemory<byte> element, [NotNullWhen(true)] out Objective? objective)
    {
        objective = null;
        var reader = BoundedCborReader.OverChecked(element);
        if (!reader.TryReadStartArray()
            || !reader.TryReadText(out var name)
            || name.Length == 0 || Encoding.UTF8.GetByteCount(name) > GraspConstants.MaxObjectiveNameLength
            || !reader.TryReadUInt(byte.MaxValue, out var flags)
            || !reader.TryReadUInt(byte.MaxValue, out var loopCount))
            return false;
        ByteString? value = null;
        if (!reader.AtEndOfArray && reader.TryReadEncoded(out var encoded))
            value = encoded;
        ByteString? signature = null;
        if (!reader.AtEndOfArray)
        {
            if (!reader.TryReadBytes(out var bytes))
                return false;
            signature = bytes;
        }
        if (!reader.AtEndOfArray)
            return false;
        objective = new Objective(name, (ObjectiveFlags)flags, (byte)loopCount, value) { Signature = signature };
        return true;
    }
}
