using System.Security.Cryptography.X509Certificates;

namespace Acp.Core.Identity;

/// <summary>The CRLs that this node was given. Nothing is fetched from anywhere. Not thread-safe.</summary>
public sealed class RevocationLists(IReadOnlyList<RevocationList> lists)
{
    public static readonly RevocationLists None = new([]);

    public int Count => lists.Count;

    /// <param name="issuer">Of the path that is being checked, where it stands above <paramref name="certificate"/>.</param>
    /// <param name="date">Null when unknown.</param>
    public RevocationStatus StatusOf(X509Certificate2 certificate, X509Certificate2 issuer, DateTimeOffset? date)
    {
        var status = RevocationStatus.Unknown;
        foreach (var list in lists)
        {
            if (!list.IsOf(certificate.IssuerName) || !list.IsSignedBy(issuer))
                continue;
            if (list.Names(certificate))
                return RevocationStatus.Revoked;
            if (list.IsCurrent(date))
                status = RevocationStatus.Good;
        }

        return status;
    }
}
