using Acp.Wire;

namespace Acp.Core.Rpl;

/// <summary>
/// Send this ICMPv6 message (type octet first, checksum zero) from the channel's link-local address. The memory is the
/// receiver's to keep.
/// </summary>
public sealed record SendRpl(ChannelId Channel, Ipv6Address Destination, ReadOnlyMemory<byte> Icmpv6) : RplAction
{
    public bool Equals(SendRpl? other) =>
        other is not null && Channel == other.Channel && Destination == other.Destination
        && Icmpv6.Span.SequenceEqual(other.Icmpv6.Span);

    public override int GetHashCode() => HashCode.Combine(Channel, Destination, Icmpv6.Length);

    public override string ToString() => $"SendRpl({Channel}, {Destination}, {Convert.ToHexStringLower(Icmpv6.Span)})";
}
