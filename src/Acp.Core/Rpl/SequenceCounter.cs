namespace Acp.Core.Rpl;

/// <summary>
/// RPL's lollipop counters (RFC 6550 §7.2): 240 to 255 on the straight stick after a restart, then round the circle
/// 0 to 127. The stick is 128 to 255 as a whole.
/// </summary>
public static class SequenceCounter
{
    /// <summary>Where every counter starts.</summary>
    public const byte Initial = 240;

    private const int Window = 16;

    /// <summary>The value after <paramref name="value"/>: 255 and 127 are both followed by 0.</summary>
    public static byte Next(byte value) => value is 255 or 127 ? (byte)0 : (byte)(value + 1);

    /// <summary>
    /// Positive when <paramref name="a"/> is newer than <paramref name="b"/>, negative when older, 0 when equal, and
    /// null when they are too far apart to be compared.
    /// </summary>
    public static int? Compare(byte a, byte b)
    {
        if (a == b)
            return 0;
        if (a > 127 && b <= 127)
            return StickAgainstCircle(a, b);
        if (b > 127 && a <= 127)
            return -StickAgainstCircle(b, a);
        if (a > 127)
            return Math.Abs(a - b) <= Window ? a - b : null;
        // Both on the circle: serial arithmetic modulo 128 (RFC 1982), believed within the window only.
        var ahead = (a - b) & 127;
        return ahead <= Window ? 1 : 128 - ahead <= Window ? -1 : null;
    }

    /// <summary>True when <paramref name="a"/> is certainly newer than <paramref name="b"/>.</summary>
    public static bool IsNewer(byte a, byte b) => Compare(a, b) > 0;

    /// <summary>True when <paramref name="a"/> is certainly older than <paramref name="b"/>.</summary>
    public static bool IsOlder(byte a, byte b) => Compare(a, b) < 0;

    // A counter on the stick is either about to reach the circle or has been restarted.
    private static int StickAgainstCircle(int stick, int circle) => 256 + circle - stick <= Window ? -1 : 1;
}
