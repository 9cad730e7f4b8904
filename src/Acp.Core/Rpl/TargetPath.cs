using Acp.Core.Time;

namespace Acp.Core.Rpl;

/// <summary>One way down to a target: what the neighbour's last DAO said of it.</summary>
/// <param name="PathSequence">Null when the DAO had no Transit Information.</param>
/// <param name="PathControl">0 when the sender does not use path control.</param>
/// <param name="Lifetime">In Lifetime Units, as received.</param>
/// <param name="ExpiresAt">Null for never.</param>
/// <param name="Order">Grows with every new path, so that of two equal ones the older wins.</param>
internal sealed record TargetPath(
    ChannelId Channel, byte? PathSequence, byte PathControl, byte Lifetime, Instant? ExpiresAt, long Order);
