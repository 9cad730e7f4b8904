using Acp.Core;
using Acp.Daemon.Control;

namespace Acp.Daemon.Journal;

/// <summary>The domain membership check in words (RFC 8994 §6.2.3), rule by rule in the order in which a verdict comes about.</summary>
internal static class MembershipRules
{
    private const string Path = "rule 2";
    private const string Revocation = "rule 3";
    private const string Domain = "rule 4";
    private const string Address = "rule 5";
    private const string Id = "ID";
    private const string Key = "rule 1";

    private static readonly (string Rule, string Says)[] All =
    [
        (Path, "its certificate leads to one of our trust anchors, and all on the way are valid today"),
        (Revocation, "none of them is revoked"),
        (Domain, "it carries an AcpNodeName of our domain"),
        (Address, "the AcpNodeName has an acp-address, so that it may have a channel"),
        (Id, "it calls itself by that address (RFC 8994 §6.8.3.1.2)"),
        (Key, "it holds the certificate's private key"),
    ];

    public static IReadOnlyList<RuleReport> Of(PeerVerdict verdict)
    {
        var failed = verdict.Accepted ? null : RuleOf(verdict.Refusal);
        var reached = true;
        var rules = new List<RuleReport>();
        foreach (var (rule, says) in All)
        {
            if (rule == failed)
            {
                rules.Add(new RuleReport(rule, says, "failed", verdict.RefusalText));
                reached = false;
            }
            else if (!reached || (!verdict.Accepted && failed is null))
            {
                rules.Add(new RuleReport(rule, says, "not reached", null));
            }
            else if (rule == Revocation && verdict.RevocationUnchecked)
            {
                rules.Add(new RuleReport(rule, says, "skipped", "the certificate names a CRL or OCSP responder that was not asked"));
            }
            else if (rule == Revocation && verdict.Accepted && !verdict.KnownGood)
            {
                rules.Add(new RuleReport(rule, says, "skipped", "nobody to ask is named, and no current CRL of all its issuers is at hand"));
            }
            else
            {
                rules.Add(new RuleReport(rule, says, "passed", null));
            }
        }

        return rules;
    }

    /// <summary>Null for a refusal that is none of the check's.</summary>
    private static string? RuleOf(PeerRefusal refusal) => refusal switch
    {
        PeerRefusal.None => null,
        PeerRefusal.Revoked => Revocation,
        PeerRefusal.NoAcpNodeName or PeerRefusal.AcpNodeNameWrongEncoding or PeerRefusal.InvalidAcpNodeName or PeerRefusal.OtherDomain => Domain,
        PeerRefusal.NoAcpAddress => Address,
        PeerRefusal.WrongIdType or PeerRefusal.IdMismatch => Id,
        PeerRefusal.UnsupportedSignatureAlgorithm or PeerRefusal.SignatureMismatch => Key,
        _ => Path,
    };
}
