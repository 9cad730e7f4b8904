using System.Formats.Cbor;

namespace Acp.Wire.Grasp;

/// <summary>Records to octets: definite lengths, shortest integers (H-01). The CDDL of each message stands at its record.</summary>
internal static class GraspEncoder
{
    public static byte[] Encode(GraspMessage message)
    {
        var w = new CborWriter(CborConformanceMode.Lax);
        switch (message)
        {
            case NoopMessage:
                Start(w, message, null, 0);
                break;
            case DiscoveryMessage m:
                Start(w, m, m.SessionId, 2);
                w.WriteByteString(m.Initiator.ToBytes());
                Write(w, m.Objective);
                break;
            case ResponseMessage m:
                if (m.Locators.Count == 0)
                    throw new ArgumentException("an M_RESPONSE needs a locator", nameof(message));
                Start(w, m, m.SessionId, 2 + (m.IsDivert ? 1 : m.Locators.Count) + (m.Objective is null ? 0 : 1));
                w.WriteByteString(m.Initiator.ToBytes());
                Write(w, m.Ttl);
                if (m.IsDivert)
                {
                    w.WriteStartArray(1 + m.Locators.Count);
                    w.WriteInt32(GraspConstants.O_DIVERT);
                }
                foreach (var locator in m.Locators)
                    Write(w, locator);
                if (m.IsDivert)
                    w.WriteEndArray();
                if (m.Objective is not null)
                    Write(w, m.Objective);
                break;
            case RequestNegotiationMessage m:
                Start(w, m, m.SessionId, 1);
                Write(w, m.Objective, needsValue: true);
                break;
            case RequestSynchronizationMessage m:
                Start(w, m, m.SessionId, 1);
                Write(w, m.Objective);
                break;
            case NegotiationMessage m:
                Start(w, m, m.SessionId, 1);
                Write(w, m.Objective, needsValue: true);
                break;
            case SynchMessage m:
                Start(w, m, m.SessionId, 1);
                Write(w, m.Objective, needsValue: true);
                break;
            case EndMessage m:
                Start(w, m, m.SessionId, 1);
                var reason = m.Accepted || string.IsNullOrEmpty(m.Reason) ? null : m.Reason;
                w.WriteStartArray(reason is null ? 1 : 2);
                w.WriteInt32(m.Accepted ? GraspConstants.O_ACCEPT : GraspConstants.O_DECLINE);
                if (reason is not null)
                    w.WriteTextString(reason);
                w.WriteEndArray();
                break;
            case WaitMessage m:
                Start(w, m, m.SessionId, 1);
                Write(w, m.WaitingTime);
                break;
            case FloodMessage m:
                WriteFlood(w, m);
                w.WriteEndArray();
                return w.Encode();
            case InvalidMessage m:
                Start(w, m, m.SessionId, m.Content is null ? 0 : 1);
                if (m.Content is { } content)
                    w.WriteEncodedValue(content.Span);
                break;
            default:
                throw new ArgumentException($"{message.GetType().Name} is not a GRASP message", nameof(message));
        }
        foreach (var element in message.Unknown)
            w.WriteEncodedValue(element.Span);
        w.WriteEndArray();
        return w.Encode();
    }

    private static void WriteFlood(CborWriter w, FloodMessage m)
    {
        if (m.Entries.Count == 0)
            throw new ArgumentException("an M_FLOOD needs an objective", nameof(m));
        Start(w, m, m.SessionId, 2 + m.Entries.Count + (m.CoseSign is null ? 0 : 1));
        w.WriteByteString(m.Initiator.ToBytes());
        Write(w, m.Ttl);
        foreach (var entry in m.Entries)
        {
            w.WriteStartArray(2);
            Write(w, entry.Objective);
            if (entry.Locator is null)
            {
                w.WriteStartArray(0);
                w.WriteEndArray();
            }
            else
            {
                Write(w, entry.Locator);
            }
            w.WriteEndArray();
        }
        foreach (var element in m.Unknown)
            w.WriteEncodedValue(element.Span);
        if (m.CoseSign is { } signature)
        {
            // The signature is the last element (O-02).
            w.WriteStartArray(2);
            w.WriteInt32(GraspConstants.O_COSE_SIGN);
            w.WriteByteString(signature.Span);
            w.WriteEndArray();
        }
    }

    private static void Start(CborWriter w, GraspMessage message, uint? sessionId, int elements)
    {
        w.WriteStartArray(1 + (sessionId is null ? 0 : 1) + elements + message.Unknown.Count);
        w.WriteInt32(message.MessageType);
        if (sessionId is { } id)
            w.WriteUInt32(id);
    }

    private static void Write(CborWriter w, TimeSpan time)
    {
        var milliseconds = (long)time.TotalMilliseconds;
        if (milliseconds is < 0 or > uint.MaxValue)
            throw new ArgumentException($"{time} is not 0 to 2^32 - 1 milliseconds", nameof(time));
        w.WriteInt64(milliseconds);
    }

    private static void Write(CborWriter w, Objective objective, bool needsValue = false)
    {
        if ((needsValue || objective.Signature is not null) && objective.Value is null)
            throw new ArgumentException($"objective {objective.Name} needs a value here", nameof(objective));
        w.WriteStartArray(3 + (objective.Value is null ? 0 : 1) + (objective.Signature is null ? 0 : 1));
        w.WriteTextString(objective.Name);
        w.WriteInt32((int)objective.Flags);
        w.WriteInt32(objective.LoopCount);
        if (objective.Value is { } value)
            w.WriteEncodedValue(value.Span);
        if (objective.Signature is { } signature)
            w.WriteByteString(signature.Span);
        w.WriteEndArray();
    }

    internal static void Write(CborWriter w, Locator locator)
    {
        w.WriteStartArray(4);
        switch (locator)
        {
            case Ipv6Locator l:
                w.WriteInt32(GraspConstants.O_IPv6_LOCATOR);
                w.WriteByteString(l.Address.ToBytes());
                Write(w, l.Protocol, l.Port);
                break;
            case Ipv4Locator l:
                w.WriteInt32(GraspConstants.O_IPv4_LOCATOR);
                w.WriteByteString(Initiator.FromIpv4(l.Address).ToBytes());
                Write(w, l.Protocol, l.Port);
                break;
            case FqdnLocator l:
                w.WriteInt32(GraspConstants.O_FQDN_LOCATOR);
                w.WriteTextString(l.Name);
                Write(w, l.Protocol, l.Port);
                break;
            case UriLocator l:
                w.WriteInt32(GraspConstants.O_URI_LOCATOR);
                w.WriteTextString(l.Uri);
                Write(w, l.Protocol, l.Port);
                break;
            default:
                throw new ArgumentException($"{locator.GetType().Name} is not a locator", nameof(locator));
        }
        w.WriteEndArray();
    }

    private static void Write(CborWriter w, TransportProtocol? protocol, ushort? port)
    {
        if (protocol is { } p)
            w.WriteInt32((int)p);
        else
            w.WriteNull();
        if (port is { } n)
            w.WriteInt32(n);
        else
            w.WriteNull();
    }
}
