namespace Acp.Daemon.Decode;

/// <summary>What a capture lacks of a stream.</summary>
internal enum TcpRefusal
{
    None = 0,
    SegmentsMissing,
    StreamEnds,
}
