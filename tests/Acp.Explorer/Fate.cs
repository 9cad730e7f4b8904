namespace Acp.Explorer;

/// <summary>What becomes of one datagram.</summary>
/// <param name="Copies">0 for a loss, 1, or 2 for a duplicate.</param>
/// <param name="First">Delay of the first copy.</param>
/// <param name="Second">Delay of the second.</param>
/// <param name="After">When positive: held until this later datagram has arrived.</param>
public readonly record struct Fate(int Copies, TimeSpan First, TimeSpan Second = default, int After = -1)
{
    /// <summary>The usual way: a millisecond.</summary>
    public static readonly Fate Usual = new(1, TimeSpan.FromMilliseconds(1));

    public static readonly Fate Lost = new(0, default);

    public static Fate Late(double milliseconds) => new(1, TimeSpan.FromMilliseconds(milliseconds));

    public static Fate Twice(double second) => new(2, TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(second));

    public static Fate Behind(int other) => new(1, TimeSpan.FromMilliseconds(1), default, other);
}
