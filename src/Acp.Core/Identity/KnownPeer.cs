using System.Security.Cryptography;

namespace Acp.Core.Identity;

/// <summary>What the membership check found good, for the next time the same certificates are shown. Owns the key.</summary>
/// <param name="PublicKey">The leaf's, ready for use.</param>
/// <param name="NotBefore">The latest beginning in the path; its end is in <paramref name="Identity"/>.</param>
internal sealed record KnownPeer(
    AcpNodeName Name, PeerIdentity Identity, AsymmetricAlgorithm PublicKey, DateTimeOffset NotBefore, bool RevocationUnchecked, bool KnownGood) : IDisposable
{
    /// <summary>Whether every certificate of the path is valid at that date; null when the date is unknown .</summary>
    public bool IsValidAt(DateTimeOffset? date) =>
        date is not { } at || (at >= NotBefore && at - Identity.NotAfter < TimeSpan.FromSeconds(1));

    public void Dispose() => PublicKey.Dispose();
}
