namespace Acp.Daemon.Decode;

/// <summary>Octets that somebody wrote in hex.</summary>
/// <param name="Line">Where they begin, from 1.</param>
/// <param name="Label">What stood before them in their line, if anything did.</param>
internal sealed record HexMessage(int Line, string? Label, ReadOnlyMemory<byte> Bytes);
