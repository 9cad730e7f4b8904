using System.Globalization;
using Acp.Asa;
using Acp.Daemon.Control;
using Acp.Wire;
using Acp.Wire.Grasp;
using WireObjective = Acp.Wire.Grasp.Objective;

namespace Acp.Daemon.Decode;

/// <summary>GRASP messages in words.</summary>
internal static class GraspText
{
    /// <summary>Characters of one value. The rest of a file is of no use on a terminal.</summary>
    private const int MaxValue = 2000;

    /// <summary>The RFC's name of a message type.</summary>
    public static string NameOf(GraspMessage message) => message switch
    {
        NoopMessage => "M_NOOP",
        DiscoveryMessage => "M_DISCOVERY",
        ResponseMessage => "M_RESPONSE",
        RequestNegotiationMessage => "M_REQ_NEG",
        RequestSynchronizationMessage => "M_REQ_SYN",
        NegotiationMessage => "M_NEGOTIATE",
        EndMessage => "M_END",
        WaitMessage => "M_WAIT",
        SynchMessage => "M_SYNCH",
        FloodMessage => "M_FLOOD",
        InvalidMessage => "M_INVALID",
        _ => string.Create(CultureInfo.InvariantCulture, $"message type {message.MessageType}"),
    };

    /// <summary>As DULL has it (RFC 8994 §6.4): a flood for this link alone, of a link-local initiator.</summary>
    public static bool IsDull(GraspMessage message) =>
        message is FloodMessage { Initiator.Ipv6.IsLinkLocal: true } flood && flood.Entries.All(e => e.Objective.LoopCount <= 1);

    /// <summary>The message in a line.</summary>
    public static string Line(GraspMessage message) => message switch
    {
        NoopMessage => "",
        DiscoveryMessage m => $"session {Id(m.SessionId)} of {m.Initiator}",
        ResponseMessage m => $"session {Id(m.SessionId)} of {m.Initiator}, good for {Time(m.Ttl)}{(m.IsDivert ? ", diverted" : "")}",
        FloodMessage m => $"session {Id(m.SessionId)} of {m.Initiator}, {(m.Ttl == TimeSpan.Zero ? "good for ever" : "good for " + Time(m.Ttl))}"
            + (m.CoseSign is { } sign ? string.Create(CultureInfo.InvariantCulture, $", signed ({sign.Length} octets, unchecked)") : ""),
        EndMessage m => $"session {Id(m.SessionId)}, {(m.Accepted ? "accepted" : "declined")}{(m.Reason is null ? "" : $": {m.Reason}")}",
        WaitMessage m => $"session {Id(m.SessionId)}, {Time(m.WaitingTime)} more",
        InvalidMessage m => $"session {Id(m.SessionId)}",
        RequestNegotiationMessage m => $"session {Id(m.SessionId)}",
        RequestSynchronizationMessage m => $"session {Id(m.SessionId)}",
        NegotiationMessage m => $"session {Id(m.SessionId)}",
        SynchMessage m => $"session {Id(m.SessionId)}",
        _ => "",
    };

    public static List<PayloadReport> Parts(GraspMessage message)
    {
        var parts = new List<PayloadReport>();
        switch (message)
        {
            case DiscoveryMessage m:
                parts.Add(Of(m.Objective));
                break;
            case ResponseMessage m:
                parts.AddRange(m.Locators.Select(Of));
                if (m.Objective is { } copy)
                    parts.Add(Of(copy));
                break;
            case RequestNegotiationMessage m:
                parts.Add(Of(m.Objective));
                break;
            case RequestSynchronizationMessage m:
                parts.Add(Of(m.Objective));
                break;
            case NegotiationMessage m:
                parts.Add(Of(m.Objective));
                break;
            case SynchMessage m:
                parts.Add(Of(m.Objective));
                break;
            case FloodMessage m:
                foreach (var entry in m.Entries)
                {
                    parts.Add(Of(entry.Objective));
                    if (entry.Locator is { } locator)
                        parts.Add(Of(locator));
                }

                if (m.DroppedEntries > 0)
                    parts.Add(new PayloadReport("dropped", string.Create(CultureInfo.InvariantCulture, $"{m.DroppedEntries} entries without a readable locator"), []));
                break;
            case InvalidMessage { Content: { } content }:
                parts.Add(new PayloadReport("content", Value(content), []));
                break;
        }

        parts.AddRange(message.Unknown.Select(u => new PayloadReport("unknown", Value(u), [])));
        return parts;
    }

    private static PayloadReport Of(WireObjective objective)
    {
        var details = new List<string>();
        if (objective.Name == GraspConstants.AN_ACP && objective.Value is { } value)
        {
            details.Add(AnAcpObjective.TryDecode(value.Span, out var acp, out var refusal)
                ? $"secure channel by {acp.MethodName}"
                : $"no AN_ACP value: {RefusalWords.Of(refusal)}");
        }

        if (objective.Signature is { } signature)
            details.Add(string.Create(CultureInfo.InvariantCulture, $"signed ({signature.Length} octets, unchecked)"));
        return new PayloadReport(
            "objective",
            string.Create(CultureInfo.InvariantCulture, $"{objective.Name} {Flags(objective.Flags)} loop count {objective.LoopCount}")
                + (objective.Value is { } given ? $": {Value(given)}" : ", no value"),
            details);
    }

    private static PayloadReport Of(Locator locator) => new("locator", locator switch
    {
        Ipv6Locator l => $"[{l.Address}]:{Number(l.Port)} {Protocol(l.Protocol)}",
        Ipv4Locator l => $"{Initiator.FromIpv4(l.Address)}:{Number(l.Port)} {Protocol(l.Protocol)}",
        FqdnLocator l => $"{l.Name}:{Number(l.Port)} {Protocol(l.Protocol)}",
        UriLocator l => l.Uri + (l.Port is { } port ? $" port {Number(port)}" : "") + (l.Protocol is { } protocol ? $" {Protocol(protocol)}" : ""),
        _ => locator.ToString(),
    }, []);

    private static string Flags(ObjectiveFlags flags)
    {
        var names = new List<string>();
        foreach (var (flag, name) in new[]
        {
            (ObjectiveFlags.F_DISC, "F_DISC"), (ObjectiveFlags.F_NEG, "F_NEG"), (ObjectiveFlags.F_SYNCH, "F_SYNCH"),
            (ObjectiveFlags.F_NEG_DRY, "F_NEG_DRY"),
        })
        {
            if (flags.HasFlag(flag))
                names.Add(name);
        }

        var rest = (byte)flags & 0xf0;
        if (rest != 0)
            names.Add(string.Create(CultureInfo.InvariantCulture, $"0x{rest:x2}"));
        return $"[{string.Join(' ', names)}]";
    }

    private static string Value(ByteString value)
    {
        string text;
        try
        {
            text = CborValue.FromEncoded(value.Memory).ToString();
        }
        catch (FormatException)
        {
            text = $"h'{Convert.ToHexStringLower(value.Span)}'"; // text that is not UTF-8, for one
        }

        return text.Length <= MaxValue ? text : text[..MaxValue] + "…";
    }

    private static string Protocol(TransportProtocol protocol) => protocol switch
    {
        TransportProtocol.Tcp => "TCP",
        TransportProtocol.Udp => "UDP",
        _ => $"protocol {Number((int)protocol)}",
    };

    private static string Id(uint session) => session.ToString("x8", CultureInfo.InvariantCulture);

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Time(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.###} s");
}
