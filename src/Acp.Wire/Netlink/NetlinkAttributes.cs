using System.Runtime.InteropServices;
using System.Text;

namespace Acp.Wire.Netlink;

/// <summary>
/// Walks attributes (struct nlattr: <c>__u16 nla_len; __u16 nla_type;</c> payload, padded to four octets):
/// <c>while (attributes.TryNext(out var type, out var payload)) …</c>. Flag bits are taken off the type. Stops at the
/// first that is not whole and says so in <see cref="Refusal"/>.
/// </summary>
public ref struct NetlinkAttributes(ReadOnlySpan<byte> bytes)
{
    private const int HeaderSize = 4;
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>None while all was well.</summary>
    public NetlinkRefusal Refusal { get; private set; }

    public bool TryNext(out ushort type, out ReadOnlySpan<byte> payload)
    {
        type = 0;
        payload = default;
        if (_rest.IsEmpty)
            return false;
        if (_rest.Length < HeaderSize)
            return Stop(NetlinkRefusal.Truncated);
        var length = MemoryMarshal.Read<ushort>(_rest);
        if (length < HeaderSize)
            return Stop(NetlinkRefusal.BadLength);
        if (length > _rest.Length)
            return Stop(NetlinkRefusal.Truncated);
        type = (ushort)(MemoryMarshal.Read<ushort>(_rest[2..]) & NetlinkConstants.NLA_TYPE_MASK);
        payload = _rest[HeaderSize..length];
        _rest = _rest[Math.Min((length + 3) & ~3, _rest.Length)..];
        return true;
    }

    /// <summary>An attribute of exactly four octets. Sizes matter: the kernel never sends other ones.</summary>
    public static bool TryReadUInt32(ReadOnlySpan<byte> payload, out uint value)
    {
        value = payload.Length == 4 ? MemoryMarshal.Read<uint>(payload) : 0;
        return payload.Length == 4;
    }

    /// <inheritdoc cref="TryReadUInt32"/>
    public static bool TryReadInt32(ReadOnlySpan<byte> payload, out int value)
    {
        value = payload.Length == 4 ? MemoryMarshal.Read<int>(payload) : 0;
        return payload.Length == 4;
    }

    /// <summary>Text up to the terminating zero, or to the end.</summary>
    public static string ReadString(ReadOnlySpan<byte> payload)
    {
        var end = payload.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? payload : payload[..end]);
    }

    private bool Stop(NetlinkRefusal refusal)
    {
        Refusal = refusal;
        _rest = default;
        return false;
    }
}
