using System.Formats.Cbor;
using System.Globalization;
using Acp.Core.Time;
using Acp.Wire;
using Acp.Wire.Grasp;

namespace Acp.Core.Grasp;

/// <summary>
/// What an engine holds, as a CBOR map for people; the names in it are stable.
/// <code>
/// {"operational": bool, "address": text / null,
///  "asas": [* {"name": text, "objectives": [* {"name": text, "flags": uint, "served": bool}]}],
///  "discovered": [* {"objective": text, "locator": text, "interface": uint / null, "ttl_ms": uint / null, "diverted": bool}],
///  "floods": [* {"objective": text, "value": any, "locator": text / null, "initiator": text, "interface": uint / null, "ttl_ms": uint / null}],
///  "open": {"sessions": uint, "streams": uint, "calls": uint},
///  "counters": {* text => uint}, "dropped": {* text => uint}}
/// </code>
/// </summary>
internal static class GraspDump
{
    public static ByteString Of(Instant now, GraspState state)
    {
        var writer = new CborWriter(CborConformanceMode.Strict, convertIndefiniteLengthEncodings: true);
        writer.WriteStartMap(null);
        Pair(writer, "operational", state.Operational);
        Pair(writer, "address", state.Address?.ToString());
        List(writer, "asas", state.Registry.Asas.OrderBy(a => a.Name, StringComparer.Ordinal), asa =>
        {
            Pair(writer, "name", asa.Name);
            List(writer, "objectives", asa.Objectives, objective =>
            {
                Pair(writer, "name", objective.Name);
                Pair(writer, "flags", (long)objective.Flags);
                Pair(writer, "served", objective.IsDiscoverable);
            });
        });
        List(writer, "discovered", state.DiscoveryCache.All.Where(d => !(d.Locator.Expires <= now)), entry =>
        {
            Pair(writer, "objective", entry.Objective);
            Pair(writer, "locator", entry.Locator.Locator.Describe());
            Pair(writer, "interface", entry.Locator.Interface?.Value);
            Pair(writer, "ttl_ms", Milliseconds(entry.Locator.Expires - now));
            Pair(writer, "diverted", entry.Locator.IsDiverted);
        });
        List(writer, "floods", state.FloodCache.Find(now, null), flood =>
        {
            Pair(writer, "objective", flood.Objective.Name);
            writer.WriteTextString("value");
            if (flood.Objective.Value is { } value)
                writer.WriteEncodedValue(value.Span);
            else
                writer.WriteNull();
            Pair(writer, "locator", flood.Locator?.Describe());
            Pair(writer, "initiator", flood.Initiator.ToString());
            Pair(writer, "interface", flood.Interface?.Value);
            Pair(writer, "ttl_ms", Milliseconds(flood.Expires - now));
        });
        Map(writer, "open",
            ("sessions", state.SessionCount), ("streams", state.Connections.Count), ("calls", state.Pending.Count));
        var counters = state.Counters;
        Map(writer, "counters",
            ("link_messages", counters.LinkMessages), ("stream_messages", counters.StreamMessages),
            ("discoveries_sent", counters.DiscoveriesSent), ("discoveries_relayed", counters.DiscoveriesRelayed),
            ("responses_sent", counters.ResponsesSent), ("floods_sent", counters.FloodsSent),
            ("floods_received", counters.FloodsReceived), ("floods_relayed", counters.FloodsRelayed),
            ("negotiations_started", counters.NegotiationsStarted), ("negotiations_served", counters.NegotiationsServed),
            ("synchronizations_started", counters.SynchronizationsStarted), ("synchronizations_served", counters.SynchronizationsServed));
        Map(writer, "dropped", [.. Enum.GetValues<GraspDropReason>()
            .Where(r => counters.Dropped(r) > 0).Select(r => (SnakeCase(r.ToString()), counters.Dropped(r)))]);
        writer.WriteEndMap();
        return writer.Encode();
    }

    private static long? Milliseconds(TimeSpan? time) => time is { } given ? (long)given.TotalMilliseconds : null;

    private static string SnakeCase(string name) => string.Concat(name.Select((c, i) =>
        char.IsUpper(c) && i > 0 ? "_" + char.ToLower(c, CultureInfo.InvariantCulture) : char.ToLower(c, CultureInfo.InvariantCulture).ToString()));

    private static void Pair(CborWriter writer, string name, bool value)
    {
        writer.WriteTextString(name);
        writer.WriteBoolean(value);
    }

    private static void Pair(CborWriter writer, string name, long? value)
    {
        writer.WriteTextString(name);
        if (value is { } number)
            writer.WriteInt64(number);
        else
            writer.WriteNull();
    }

    private static void Pair(CborWriter writer, string name, string? value)
    {
        writer.WriteTextString(name);
        if (value is null)
            writer.WriteNull();
        else
            writer.WriteTextString(value);
    }

    private static void List<T>(CborWriter writer, string name, IEnumerable<T> items, Action<T> write)
    {
        writer.WriteTextString(name);
        writer.WriteStartArray(null);
        foreach (var item in items)
        {
            writer.WriteStartMap(null);
            write(item);
            writer.WriteEndMap();
        }
        writer.WriteEndArray();
    }

    private static void Map(CborWriter writer, string name, params ReadOnlySpan<(string Name, long Value)> values)
    {
        writer.WriteTextString(name);
        writer.WriteStartMap(values.Length);
        foreach (var (key, value) in values)
            Pair(writer, key, value);
        writer.WriteEndMap();
    }
}
