namespace Acp.Wire.Netlink;

/// <summary>
/// Walks the messages of one datagram: <c>while (messages.TryNext(out var header, out var payload)) …</c>. Stops at
/// the first that is not whole and says so in <see cref="Refusal"/>.
/// </summary>
public ref struct NetlinkMessages(ReadOnlySpan<byte> datagram)
{
    private ReadOnlySpan<byte> _rest = datagram;

    /// <summary>None while all was well.</summary>
    public NetlinkRefusal Refusal { get; private set; }

    /// <param name="payload">What follows the header, without padding.</param>
    public bool TryNext(out NetlinkHeader header, out ReadOnlySpan<byte> payload)
    {
        header = default;
        payload = default;
        if (_rest.IsEmpty)
            return false;
        if (_rest.Length < NetlinkHeader.Size)
            return Stop(NetlinkRefusal.Truncated);
        header = NetlinkHeader.Read(_rest);
        if (header.Length < NetlinkHeader.Size)
            return Stop(NetlinkRefusal.BadLength);
        if (header.Length > (uint)_rest.Length)
            return Stop(NetlinkRefusal.Truncated);
        var length = (int)header.Length;
        payload = _rest[NetlinkHeader.Size..length];

        // The last message need not be padded.
        _rest = _rest[Math.Min((length + 3) & ~3, _rest.Length)..];
        return true;
    }

    private bool Stop(NetlinkRefusal refusal)
    {
        Refusal = refusal;
        _rest = default;
        return false;
    }
}
