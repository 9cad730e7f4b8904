namespace Acp.Wire.Rpl;

/// <summary>
/// DAG Metric Container (RFC 6550 §6.7.4), its RFC 6551 objects left unread: RFC 8994 §6.12.1.6 uses none. At most 255
/// octets.
/// </summary>
public sealed record MetricContainerOption(ReadOnlyMemory<byte> Data) : RplOption
{
    public bool Equals(MetricContainerOption? other) => other is not null && Data.Span.SequenceEqual(other.Data.Span);

    public override int GetHashCode() => Data.Length;

    public override string ToString() => $"MetricContainer({Convert.ToHexStringLower(Data.Span)})";
}
