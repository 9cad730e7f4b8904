namespace Acp.Core.Grasp;

/// <summary>Times of <see cref="FloodingSessions"/>. RFC 8994 leaves them open.</summary>
public sealed record FloodingOptions
{
    /// <summary>How long the lower address waits for the higher one's connection before it opens one itself (J-11).</summary>
    public TimeSpan LowerAddressPatience { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>J-12: the pause before another attempt doubles, from this …</summary>
    public TimeSpan FirstBackoff { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>… up to this.</summary>
    public TimeSpan LastBackoff { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A session that stood for so long was a good one: the next pause is the first again.</summary>
    public TimeSpan Stable { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long an attempt may take.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the spare one of two connections may take to bring what is still under way on it.</summary>
    public TimeSpan FinishTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
