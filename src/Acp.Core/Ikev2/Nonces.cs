namespace Acp.Core.Ikev2;

/// <summary>Comparison of nonces in simultaneous rekeying (RFC 7296 §2.8.1; D-39): octet by octet, a prefix is lower.</summary>
internal static class Nonces
{
    /// <summary>The lower one of an exchange.</summary>
    public static byte[] Lower(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b) => (a.SequenceCompareTo(b) <= 0 ? a : b).ToArray();

    /// <summary>
    /// True when our exchange stays: the lowest of the four nonces is in the other, whose creator closes what it made.
    /// </summary>
    public static bool OursStays(ReadOnlySpan<byte> lowerOfOurs, ReadOnlySpan<byte> lowerOfPeers) =>
        lowerOfOurs.SequenceCompareTo(lowerOfPeers) > 0;
}
