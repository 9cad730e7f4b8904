namespace Acp.Daemon.Decode;

/// <summary>One packet of a capture file.</summary>
/// <param name="Number">From 1, as Wireshark counts them.</param>
/// <param name="At">When; null where the file does not say, or says nonsense.</param>
/// <param name="OriginalLength">Octets on the wire; more than <paramref name="Bytes"/> when the capture cut it off.</param>
internal sealed record CapturedPacket(int Number, DateTimeOffset? At, CaptureLink Link, ReadOnlyMemory<byte> Bytes, long OriginalLength)
{
    public bool IsCut => OriginalLength > Bytes.Length;
}
