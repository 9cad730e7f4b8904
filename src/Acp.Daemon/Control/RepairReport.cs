namespace Acp.Daemon.Control;

/// <summary>What came of the wish for global repair (RFC 6550 §3.2.2, RFC 8994 §6.12.1.7), which only the DODAG's root can begin.</summary>
/// <param name="Begun">This box is the root; every box of the DODAG will choose its parent anew.</param>
/// <param name="DodagId">The root's ACP address.</param>
/// <param name="RootSubject">What the root's certificate calls it, where that is this box or a neighbour; null otherwise.</param>
/// <param name="FormerVersion">DODAGVersionNumber before.</param>
/// <param name="Version">DODAGVersionNumber from now on; as before where nothing was begun.</param>
/// <param name="ParentInterface">The channel interface on the way to the root; null on the root itself.</param>
public sealed record RepairReport(bool Begun, string DodagId, string? RootSubject, int FormerVersion, int Version, string? ParentInterface)
{
    /// <summary>One line for people.</summary>
    public override string ToString() => Begun
        ? $"global repair of DODAG {DodagId}: version {Version} instead of {FormerVersion}, every box chooses its parent anew"
        : $"global repair begins at the root, which is {DodagId}{(RootSubject is null ? "" : $" ({RootSubject})")}, over {ParentInterface} from here: ask its acpd";
}
