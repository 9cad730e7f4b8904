using System.Globalization;

namespace Acp.Daemon.Decode;

/// <summary>
/// Reports for people, in the manner of <c>acpd ike trace</c>.
/// <code>
///   #3 10:41:02.123456 [fe80::1]:7017 → [ff02::13]:7017 DULL GRASP M_FLOOD, 78 octets: session 3fa82b11 of fe80::1, good for 210 s
///       objective AN_ACP [F_SYNCH] loop count 1: "IKEv2"
///                    secure channel by IKEv2
///       locator   [fe80::1]:500 UDP
///   #4 … GRASP, 40 octets: refused at octet 17 (element 3): bad locator
/// </code>
/// </summary>
internal static class DecodeText
{
    public static IEnumerable<string> Lines(DecodeReport report)
    {
        yield return PrintableText.Of(Head(report));
        foreach (var part in report.Parts ?? [])
        {
            yield return $"    {part.Payload,-9} {PrintableText.Of(part.Text)}";
            foreach (var detail in part.Details)
                yield return $"              {PrintableText.Of(detail)}";
        }
    }

    private static string Head(DecodeReport r)
    {
        var from = new List<string>();
        if (r.Packet is { } packet)
            from.Add(string.Create(CultureInfo.InvariantCulture, $"#{packet}"));
        if (r.Line is { } line)
            from.Add(string.Create(CultureInfo.InvariantCulture, $"line {line}"));
        if (r.Label is { } label)
            from.Add(label);
        if (r.At is { } at)
            from.Add(at.ToLocalTime().ToString("HH:mm:ss.ffffff", CultureInfo.InvariantCulture));
        if (r.Source is not null)
            from.Add($"{Endpoint(r.Source, r.SourcePort)} → {Endpoint(r.Destination!, r.DestinationPort)}");
        from.Add(r.Message is null ? r.Protocol : $"{r.Protocol} {r.Message}");
        var head = string.Create(CultureInfo.InvariantCulture, $"{string.Join(' ', from)}, {r.Octets} octet{(r.Octets == 1 ? "" : "s")}");
        if (r.Refusal is not null)
            return string.Create(CultureInfo.InvariantCulture, $"{head}: refused at octet {r.RefusedAt}{(r.RefusedPart is null ? "" : $" ({r.RefusedPart})")}: {r.Text}");
        return r.Text.Length == 0 ? head : $"{head}: {r.Text}";
    }

    private static string Endpoint(string address, int? port) => port is { } number
        ? string.Create(CultureInfo.InvariantCulture, $"{(address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address)}:{number}")
        : address;
}
