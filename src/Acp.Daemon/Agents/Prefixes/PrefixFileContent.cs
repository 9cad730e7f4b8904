using Acp.Wire;

namespace Acp.Daemon.Agents.Prefixes;

/// <summary>What stands in <see cref="PrefixFile"/>, and what <c>acpd asa prefix-leases --json</c> prints.</summary>
internal sealed record PrefixFileContent
{
    public int Version { get; init; } = 1;

    public required IReadOnlyList<Root> Roots { get; init; }

    public required IReadOnlyList<Lease> Leases { get; init; }

    public static PrefixFileContent Of(PrefixState state) => new()
    {
        Roots = [.. state.Roots.Select(r => new Root(PrefixText.Of(r.Prefix), r.From, r.Since))],
        Leases = [.. state.Leases.Select(l => new Lease(PrefixText.Of(l.Prefix), l.Owner, l.State.ToString(), l.Since, l.Until))],
    };

    /// <exception cref="FormatException">It says something that we would not have written.</exception>
    public PrefixState ToState()
    {
        if (Version != 1)
            throw new FormatException($"version {Version}, of another acpd");
        var leases = Leases.Select(l => new PrefixLease(
            Parse(l.Prefix), l.Owner, Enum.TryParse<LeaseState>(l.State, out var state) ? state : throw new FormatException($"a lease that is '{l.State}'"), l.Since, l.Until)).ToList();
        for (var i = 0; i < leases.Count; i++)
        {
            // In the order of addresses, neighbours would touch first.
            if (i > 0 && leases[i - 1].Prefix.Overlaps(leases[i].Prefix))
                throw new FormatException($"{PrefixText.Of(leases[i].Prefix)} is given out twice");
        }

        return new PrefixState { Roots = [.. Roots.Select(r => new PrefixRoot(Parse(r.Prefix), r.From, r.Since))], Leases = leases };
    }

    private static Ipv6Prefix Parse(string text) => PrefixText.TryParse(text, out var prefix) ? prefix : throw new FormatException($"'{text}' is no prefix");

    internal sealed record Root(string Prefix, string? From, DateTimeOffset Since);

    internal sealed record Lease(string Prefix, string Owner, string State, DateTimeOffset Since, DateTimeOffset? Until);
}
