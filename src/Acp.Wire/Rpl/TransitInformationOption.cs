namespace Acp.Wire.Rpl;

/// <summary>
/// Transit Information (RFC 6550 §6.7.8): how the targets right before it are reached.
/// </summary>
/// <param name="External">The E bit.</param>
/// <param name="PathControl">Which of the path control bits belong to this path, most preferred highest.</param>
/// <param name="PathSequence">The target owner's counter.</param>
/// <param name="PathLifetime">In Lifetime Units; 0 is a No-Path, 255 infinite.</param>
/// <param name="Parent">Only in non-storing mode.</param>
public sealed record TransitInformationOption(
    bool External, byte PathControl, byte PathSequence, byte PathLifetime, Ipv6Address? Parent = null) : RplOption;
