using Acp.Daemon.Control;
using Acp.Wire;

namespace Acp.Daemon.Host;

/// <summary>
/// Finds the peer that a person means by a name or the beginning of one. A whole name goes before the beginning of a
/// longer one, so that "ch1" is not "ch10".
/// </summary>
internal static class PeerSelector
{
    /// <summary>Lines of a list of choices: enough to see, not a screenful.</summary>
    private const int MaxChoices = 12;

    public static ControlAnswer<PeerCandidate> Find(string wanted, IReadOnlyList<PeerCandidate> candidates)
    {
        var name = Normal(wanted);
        var found = name.Length == 0 ? [] : candidates.Where(c => c.Names.Any(n => Is(n, name))).ToList();
        if (found.Count == 0 && name.Length > 0)
            found = [.. candidates.Where(c => c.Names.Any(n => n.StartsWith(name, StringComparison.OrdinalIgnoreCase)))];
        if (found.Count == 1)
            return ControlAnswer<PeerCandidate>.Grant(found[0]);

        if (found.Count > 1)
        {
            return ControlAnswer<PeerCandidate>.Refuse(
                ControlRefusal.AmbiguousPeer, $"'{wanted}' may be one of {found.Count}; say more of it:{Choices(found)}");
        }

        return ControlAnswer<PeerCandidate>.Refuse(ControlRefusal.UnknownPeer, candidates.Count == 0
            ? $"there is no '{wanted}': no neighbour has been heard"
            : $"there is no '{wanted}'. There is:{Choices(candidates)}");
    }

    private static bool Is(string name, string wanted) => name.Equals(wanted, StringComparison.OrdinalIgnoreCase);

    /// <summary>An address may be written in many ways; ours is one.</summary>
    private static string Normal(string wanted)
    {
        var trimmed = wanted.Trim();
        var percent = trimmed.IndexOf('%', StringComparison.Ordinal);
        var address = percent < 0 ? trimmed : trimmed[..percent];
        return Ipv6Address.TryParse(address, out var parsed) ? parsed + (percent < 0 ? "" : trimmed[percent..]) : trimmed;
    }

    private static string Choices(IReadOnlyList<PeerCandidate> candidates) =>
        string.Concat(candidates.Take(MaxChoices).Select(c => $"\n  {c.Description}"))
        + (candidates.Count > MaxChoices ? $"\n  and {candidates.Count - MaxChoices} more" : "");
}
