namespace Acp.Core.Time;

/// <summary>
/// What is known about the date: it was <paramref name="Date"/> at <paramref name="At"/>, or nothing is known
/// (a pledge without a battery; RFC 8994 §6.2.3.1).
/// </summary>
public readonly record struct WallClock(DateTimeOffset? Date, Instant At)
{
    public static readonly WallClock Unknown;

    /// <summary>The date at <paramref name="now"/>, or null when none is known.</summary>
    public DateTimeOffset? DateAt(Instant now) => Date + (now - At);
}
