using System.Diagnostics.CodeAnalysis;
using System.Formats.Cbor;
using System.Text;
using Acp.Wire.Cbor;
using Acp.Wire.Grasp;

namespace Acp.Wire.Attach;

/// <summary>Reads <see cref="AttachMessage"/>s, whose forms stand there and at <see cref="AttachCall"/>.</summary>
internal sealed class AttachDecoder
{
    private readonly BoundedCborReader _reader;
    private bool _failed;

    private AttachDecoder(BoundedCborReader reader) => _reader = reader;

    public static bool TryDecode(
        ReadOnlyMemory<byte> bytes, CborLimits limits, [NotNullWhen(true)] out AttachMessage? message, out AttachRefusal refusal)
    {
        message = null;
        refusal = AttachRefusal.Cbor;
        if (!BoundedCborReader.TryOpen(bytes, limits, out var reader, out _))
            return false;
        refusal = AttachRefusal.Shape;
        if (!reader.TryReadStartArray() || !reader.TryReadUInt(byte.MaxValue, out var type))
            return false;
        var decoder = new AttachDecoder(reader);
        message = decoder.Message((int)type, out refusal);
        if (refusal == AttachRefusal.None && (decoder._failed || message is null || !reader.AtEndOfArray))
            refusal = AttachRefusal.BadArgument;
        if (refusal != AttachRefusal.None)
            message = null;
        return message is not null;
    }

    private AttachMessage? Message(int type, out AttachRefusal refusal)
    {
        refusal = AttachRefusal.None;
        switch (type)
        {
            case AttachConstants.HELLO:
                return new AttachMessage.Hello(Id(), Text());
            case AttachConstants.CALL:
                var id = Id();
                var number = Number(int.MaxValue);
                var call = _failed ? null : Call(number);
                if (call is null)
                    refusal = _failed ? AttachRefusal.BadArgument : AttachRefusal.UnknownFunction;
                return call is null ? null : new AttachMessage.Call(id, call);
            case AttachConstants.CANCEL:
                return new AttachMessage.Cancel(Id());
            case AttachConstants.REPLY:
                return new AttachMessage.Reply(Id(), Reply(Number(int.MaxValue)));
            case AttachConstants.CANCELLED:
                return new AttachMessage.Cancelled(Id());
            case AttachConstants.BYE:
                return new AttachMessage.Bye(Text());
            default:
                refusal = AttachRefusal.UnknownMessage;
                return null;
        }
    }

    private AttachCall? Call(int number) => number switch
    {
        0 => new AttachCall.RegisterAsa(Text()),
        1 => new AttachCall.DeregisterAsa(Id(), Text()),
        2 => new AttachCall.RegisterObjective(Id(), Objective(), Time(), Id(), List(Locator), Number(int.MaxValue)),
        3 => new AttachCall.DeregisterObjective(Id(), Text()),
        4 => new AttachCall.Discover(Id(), Objective(), Time(), Time(), Number(int.MaxValue)),
        5 => new AttachCall.RequestNegotiate(Id(), Objective(), OrNull(AsaLocator), Time(), Truth(), Truth()),
        6 => new AttachCall.ListenNegotiate(Id(), Text()),
        7 => new AttachCall.StopListenNegotiate(Id(), Text()),
        8 => new AttachCall.NegotiateStep(Id(), Id(), Objective(), Time()),
        9 => new AttachCall.NegotiateWait(Id(), Id(), Time()),
        10 => new AttachCall.EndNegotiate(Id(), Id(), Truth(), OrNull(Text)),
        11 => new AttachCall.SendInvalid(Id(), Id(), Octets()),
        12 => new AttachCall.Send(Id(), Id(), Octets()),
        13 => new AttachCall.Receive(Id(), Id(), Time()),
        14 => new AttachCall.Synchronize(Id(), Objective(), OrNull(AsaLocator), Time(), Truth()),
        15 => new AttachCall.ListenSynchronize(Id(), Objective()),
        16 => new AttachCall.StopListenSynchronize(Id(), Text()),
        17 => new AttachCall.Flood(Id(), Time(), List(Flood)),
        18 => new AttachCall.GetFlood(Id(), OrNull(Text)),
        19 => new AttachCall.WatchFloods(Id(), OrNull(Text), Long()),
        20 => new AttachCall.ExpireFlood(Id(), Text(), OrNull(Locator)),
        21 => new AttachCall.AwaitOperational(),
        22 => new AttachCall.DumpAll(),
        _ => null,
    };

    private AttachReply Reply(int error)
    {
        var reply = new AttachReply((GraspError)error);
        if (_failed || !_reader.TryReadStartMap())
            return Fail(reply);
        while (!_failed && _reader.Peek() != CborReaderState.EndMap)
        {
            switch (Number(int.MaxValue))
            {
                case 0:
                    reply = reply with { Reason = Text() };
                    break;
                case 1:
                    reply = reply with { Asa = Id() };
                    break;
                case 2:
                    reply = reply with { Session = Id() };
                    break;
                case 3:
                    reply = reply with { Objective = Objective() };
                    break;
                case 4:
                    var octets = Octets();
                    reply = octets.Length == Ipv6Address.Size ? reply with { Peer = Ipv6Address.Read(octets.Span) } : Fail(reply);
                    break;
                case 5:
                    reply = reply with { Locators = List(AsaLocator) };
                    break;
                case 6:
                    reply = reply with { Floods = List(Flood) };
                    break;
                case 7:
                    reply = reply with { Next = Long() };
                    break;
                case 8:
                    reply = reply with { Item = Octets() };
                    break;
                default: // of a later version
                    if (!_reader.TrySkip())
                        _failed = true;
                    break;
            }
        }
        return _failed || _reader.TryReadEndMap() ? reply : Fail(reply);
    }

    private AttachLocator AsaLocator() => Array(() =>
        new AttachLocator(Locator(), Number(int.MaxValue), TimeOrNull(), Truth()));

    private AttachFlood Flood() => Array(() =>
        new AttachFlood(Objective(), OrNull(Locator), TimeOrNull(), (FloodSignatureStatus)Number(byte.MaxValue)));

    private Objective Objective() => Array(() =>
        new Objective(Name(), (ObjectiveFlags)Number(byte.MaxValue), (byte)Number(byte.MaxValue), OctetsOrNull())
        {
            Signature = OctetsOrNull(),
        });

    private Locator Locator() =>
        _reader.TryReadEncoded(out var element) && LocatorReader.TryRead(element, out var locator)
            ? locator
            : Fail<Locator>(new FqdnLocator("", default, 0));

    private T Array<T>(Func<T> read)
    {
        if (!_reader.TryReadStartArray())
            _failed = true;
        var value = read();
        if (!_reader.TryReadEndArray())
            _failed = true;
        return value;
    }

    private ValueList<T> List<T>(Func<T> read)
    {
        var items = new List<T>();
        if (!_reader.TryReadStartArray())
            return Fail(ValueList<T>.Empty);
        while (!_failed && !_reader.AtEndOfArray)
            items.Add(read());
        return _failed || _reader.TryReadEndArray() ? items.ToValueList() : Fail(ValueList<T>.Empty);
    }

    private T? OrNull<T>(Func<T> read)
        where T : class => _reader.TryReadNull() ? null : read();

    private uint Id() => _reader.TryReadUInt(uint.MaxValue, out var value) ? (uint)value : Fail(0u);

    private int Number(int maximum) => _reader.TryReadUInt((ulong)maximum, out var value) ? (int)value : Fail(0);

    private long Long() => _reader.TryReadInt(out var value) ? value : Fail(0L);

    private bool Truth() => _reader.TryReadBoolean(out var value) ? value : Fail(false);

    private string Text() => _reader.TryReadText(out var value) ? value : Fail("");

    private string Name()
    {
        var name = Text();
        return Encoding.UTF8.GetByteCount(name) <= GraspConstants.MaxObjectiveNameLength ? name : Fail("");
    }

    private ByteString Octets() => _reader.TryReadBytes(out var value) ? value : Fail(default(ByteString));

    private ByteString? OctetsOrNull() => _reader.TryReadNull() ? (ByteString?)null : Octets();

    private TimeSpan Time() => new(Long() / TimeSpan.NanosecondsPerTick);

    private TimeSpan? TimeOrNull() => _reader.TryReadNull() ? null : Time();

    private T Fail<T>(T value)
    {
        _failed = true;
        return value;
    }
}
