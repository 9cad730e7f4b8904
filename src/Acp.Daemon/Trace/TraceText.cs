using System.Globalization;
using Acp.Daemon.Control;

namespace Acp.Daemon.Trace;

/// <summary>
/// The trace for people: a line for each message, its payloads below it, then what came of it.
/// <code>
///   10:41:02.123 eth0 fe80::2  → IKE_AUTH request 1, 1234 octets in 2 fragments   4b2c…/91aa…
///       IDi      ID_IPV6_ADDR fd89::1
///       …
///   10:41:02.131 eth0 fe80::2  ← IKE_AUTH response 1 after 8 ms, 987 octets
///       …
///       = IKE SA established with …
/// </code>
/// Remembers the requests that wait for their answers, so not thread-safe.
/// </summary>
internal sealed class TraceText
{
    /// <summary>Requests without an answer that are remembered.</summary>
    private const int MaxWaiting = 256;

    private readonly Dictionary<string, DateTimeOffset> _waiting = [];

    public IEnumerable<string> Lines(TraceReport report) => report.Event switch
    {
        "message" => Message(report),
        "outcome" => [$"    = {PrintableText.Of(report.Text)}{About(report)}"],
        _ => [$"    ! {PrintableText.Of(report.Text)}"],
    };

    private static string About(TraceReport report) =>
        report.Remote is { } remote ? $"   [{report.Link} {remote}]" : "";

    private IEnumerable<string> Message(TraceReport m)
    {
        // An exchange is named by its SA, who asked, and the message ID. The responder's SPI comes with the first answer.
        var weAsked = (m.Direction == "sent") == (m.Kind == "request");
        var key = $"{m.Link} {m.Remote} {m.InitiatorSpi} {m.Exchange} {m.MessageId} {weAsked}";
        var after = "";
        if (m.Kind == "request")
        {
            if (_waiting.Count >= MaxWaiting)
                _waiting.Clear();
            _waiting[key] = m.At;
        }
        else if (_waiting.Remove(key, out var asked))
        {
            after = string.Create(CultureInfo.InvariantCulture, $" after {(m.At - asked).TotalMilliseconds:0.#} ms");
        }

        var size = m.Datagrams > 1 ? $"{m.Octets} octets in {m.Datagrams} fragments" : $"{m.Octets} octets";
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"{m.At.ToLocalTime():HH:mm:ss.fff} {m.Link} {m.Remote}  {(m.Direction == "sent" ? "→" : "←")} {m.Exchange} {m.Kind} {m.MessageId}{after}, {size}{(m.Protected == true ? "" : " in the clear")}   {m.InitiatorSpi}/{m.ResponderSpi}");
        if (m.Refusal is { } refusal)
            yield return $"    its payloads cannot be read: {refusal}";
        else if (m.Payloads is not { Count: > 0 })
            yield return $"    (empty{(m.Exchange == "INFORMATIONAL" ? m.Kind == "request" ? ": do you live?" : ": yes, or done" : "")})";
        foreach (var payload in m.Payloads ?? [])
        {
            yield return $"    {payload.Payload,-8} {PrintableText.Of(payload.Text)}";
            foreach (var detail in payload.Details)
                yield return $"             {PrintableText.Of(detail)}";
        }
    }
}
