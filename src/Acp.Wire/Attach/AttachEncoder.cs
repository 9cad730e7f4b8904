using System.Formats.Cbor;
using Acp.Wire.Grasp;

namespace Acp.Wire.Attach;

/// <summary>Writes <see cref="AttachMessage"/>s, whose forms stand there and at <see cref="AttachCall"/>.</summary>
internal sealed class AttachEncoder
{
    private readonly CborWriter _writer = new();

    public static byte[] Encode(AttachMessage message)
    {
        var encoder = new AttachEncoder();
        encoder.Write(message);
        return encoder._writer.Encode();
    }

    private void Write(AttachMessage message)
    {
        _writer.WriteStartArray(null);
        switch (message)
        {
            case AttachMessage.Hello m:
                Put(AttachConstants.HELLO, m.Version, m.Name);
                break;
            case AttachMessage.Call m:
                Put(AttachConstants.CALL, m.Id);
                Write(m.Function);
                break;
            case AttachMessage.Cancel m:
                Put(AttachConstants.CANCEL, m.Id);
                break;
            case AttachMessage.Reply m:
                Put(AttachConstants.REPLY, m.Id, (int)m.Answer.Error);
                Write(m.Answer);
                break;
            case AttachMessage.Cancelled m:
                Put(AttachConstants.CANCELLED, m.Id);
                break;
            case AttachMessage.Bye m:
                Put(AttachConstants.BYE, m.Reason);
                break;
        }
        _writer.WriteEndArray();
    }

    private void Write(AttachCall call)
    {
        switch (call)
        {
            case AttachCall.RegisterAsa c:
                Put(0, c.Name);
                break;
            case AttachCall.DeregisterAsa c:
                Put(1, c.Asa, c.Name);
                break;
            case AttachCall.RegisterObjective c:
                Put(2, c.Asa, c.Objective, c.Ttl, c.Flags);
                _writer.WriteStartArray(c.Locators.Count);
                foreach (var locator in c.Locators)
                    GraspEncoder.Write(_writer, locator);
                _writer.WriteEndArray();
                Put(c.MaxMessageSize);
                break;
            case AttachCall.DeregisterObjective c:
                Put(3, c.Asa, c.Objective);
                break;
            case AttachCall.Discover c:
                Put(4, c.Asa, c.Objective, c.Timeout, c.MinimumTtl, c.Enough);
                break;
            case AttachCall.RequestNegotiate c:
                Put(5, c.Asa, c.Objective, c.Peer, c.Timeout, c.Rapid, c.FreeExchange);
                break;
            case AttachCall.ListenNegotiate c:
                Put(6, c.Asa, c.Objective);
                break;
            case AttachCall.StopListenNegotiate c:
                Put(7, c.Asa, c.Objective);
                break;
            case AttachCall.NegotiateStep c:
                Put(8, c.Asa, c.Session, c.Objective, c.Timeout);
                break;
            case AttachCall.NegotiateWait c:
                Put(9, c.Asa, c.Session, c.Timeout);
                break;
            case AttachCall.EndNegotiate c:
                Put(10, c.Asa, c.Session, c.Accept, c.Reason);
                break;
            case AttachCall.SendInvalid c:
                Put(11, c.Asa, c.Session, c.Info);
                break;
            case AttachCall.Send c:
                Put(12, c.Asa, c.Session, c.Item);
                break;
            case AttachCall.Receive c:
                Put(13, c.Asa, c.Session, c.Timeout);
                break;
            case AttachCall.Synchronize c:
                Put(14, c.Asa, c.Objective, c.Peer, c.Timeout, c.Rapid);
                break;
            case AttachCall.ListenSynchronize c:
                Put(15, c.Asa, c.Objective);
                break;
            case AttachCall.StopListenSynchronize c:
                Put(16, c.Asa, c.Objective);
                break;
            case AttachCall.Flood c:
                Put(17, c.Asa, c.Ttl);
                Write(c.Objectives);
                break;
            case AttachCall.GetFlood c:
                Put(18, c.Asa, c.Objective);
                break;
            case AttachCall.WatchFloods c:
                Put(19, c.Asa, c.Objective, c.After);
                break;
            case AttachCall.ExpireFlood c:
                Put(20, c.Asa, c.Objective, c.Locator);
                break;
            case AttachCall.AwaitOperational:
                Put(21);
                break;
            case AttachCall.DumpAll:
                Put(22);
                break;
        }
    }

    private void Write(AttachReply reply)
    {
        _writer.WriteStartMap(null);
        if (reply.Reason is not null)
            Put(0, reply.Reason);
        if (reply.Asa != 0)
            Put(1, reply.Asa);
        if (reply.Session is { } session)
            Put(2, session);
        if (reply.Objective is not null)
            Put(3, reply.Objective);
        if (reply.Peer is { } peer)
            Put(4, (ByteString)peer.ToBytes());
        if (reply.Locators.Count > 0)
        {
            Put(5);
            _writer.WriteStartArray(reply.Locators.Count);
            foreach (var locator in reply.Locators)
                Write(locator);
            _writer.WriteEndArray();
        }
        if (reply.Floods.Count > 0)
        {
            Put(6);
            Write(reply.Floods);
        }
        if (reply.Next != 0)
            Put(7, reply.Next);
        if (reply.Item.Length > 0)
            Put(8, reply.Item);
        _writer.WriteEndMap();
    }

    private void Put(params ReadOnlySpan<object?> values)
    {
        foreach (var value in values)
            Write(value);
    }

    private void Write(object? value)
    {
        switch (value)
        {
            case null:
                _writer.WriteNull();
                break;
            case bool v:
                _writer.WriteBoolean(v);
                break;
            case int v:
                _writer.WriteInt32(v);
                break;
            case uint v:
                _writer.WriteUInt32(v);
                break;
            case long v:
                _writer.WriteInt64(v);
                break;
            case string v:
                _writer.WriteTextString(v);
                break;
            case TimeSpan v:
                Write(v);
                break;
            case ByteString v:
                _writer.WriteByteString(v.Span);
                break;
            case Objective v:
                Write(v);
                break;
            case Locator v:
                GraspEncoder.Write(_writer, v);
                break;
            case AttachLocator v:
                Write(v);
                break;
        }
    }

    // 292 years are for ever.
    private void Write(TimeSpan time) =>
        _writer.WriteInt64(Math.Clamp(time.Ticks, long.MinValue / TimeSpan.NanosecondsPerTick, long.MaxValue / TimeSpan.NanosecondsPerTick) * TimeSpan.NanosecondsPerTick);

    private void Write(Objective objective)
    {
        _writer.WriteStartArray(5);
        Put(objective.Name, (int)objective.Flags, (int)objective.LoopCount, objective.Value, objective.Signature);
        _writer.WriteEndArray();
    }

    private void Write(ValueList<AttachFlood> floods)
    {
        _writer.WriteStartArray(floods.Count);
        foreach (var flood in floods)
        {
            _writer.WriteStartArray(4);
            Put(flood.Objective, flood.Locator, flood.Ttl, (int)flood.Signature);
            _writer.WriteEndArray();
        }
        _writer.WriteEndArray();
    }

    private void Write(AttachLocator locator)
    {
        _writer.WriteStartArray(4);
        Put(locator.Locator, locator.Interface, locator.Ttl, locator.IsDiverted);
        _writer.WriteEndArray();
    }
}
