using System.Globalization;

namespace Acp.Core.Time;

/// <summary>
/// A point in elapsed time: nanoseconds since boot, running on during suspend (CLOCK_BOOTTIME). It is never a date;
/// see <see cref="WallClock"/> for that. Machines are told the instant, they never read it.
/// </summary>
public readonly record struct Instant(long Nanoseconds) : IComparable<Instant>
{
    public static readonly Instant Zero;

    public static Instant operator +(Instant instant, TimeSpan span) => new(instant.Nanoseconds + span.Ticks * 100);

    public static Instant operator -(Instant instant, TimeSpan span) => new(instant.Nanoseconds - span.Ticks * 100);

    public static TimeSpan operator -(Instant left, Instant right) => new((left.Nanoseconds - right.Nanoseconds) / 100);

    public static bool operator <(Instant left, Instant right) => left.Nanoseconds < right.Nanoseconds;

    public static bool operator >(Instant left, Instant right) => left.Nanoseconds > right.Nanoseconds;

    public static bool operator <=(Instant left, Instant right) => left.Nanoseconds <= right.Nanoseconds;

    public static bool operator >=(Instant left, Instant right) => left.Nanoseconds >= right.Nanoseconds;

    /// <summary>The earlier of two deadlines, where null means "never".</summary>
    public static Instant? Earlier(Instant? left, Instant? right) =>
        left is null ? right : right is null ? left : left < right ? left : right;

    public int CompareTo(Instant other) => Nanoseconds.CompareTo(other.Nanoseconds);

    public override string ToString() => (Nanoseconds / 1e9).ToString("F6", CultureInfo.InvariantCulture) + "s";
}
