using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Acp.Wire.Netlink;

/// <summary>
/// Builds one request: header, a fixed part, attributes. The socket that sends it fills in sequence and port. Every
/// method returns the builder, so that a request reads like its own table.
/// </summary>
public sealed class NetlinkMessageBuilder
{
    private readonly List<int> _open = [];
    private byte[] _buffer;
    private int _length = NetlinkHeader.Size;

    /// <param name="flags">NLM_F_…; NLM_F_REQUEST is always added.</param>
    /// <param name="capacity">Octets to begin with. A request that carries a key must fit, or growth leaves a copy of it.</param>
    public NetlinkMessageBuilder(ushort type, ushort flags, int capacity = 256)
    {
        _buffer = GC.AllocateArray<byte>(Math.Max(capacity, NetlinkHeader.Size), pinned: capacity > 256);
        Type = type;
        Flags = (ushort)(flags | NetlinkConstants.NLM_F_REQUEST);
    }

    public ushort Type { get; }

    public ushort Flags { get; }

    /// <summary>Appends the fixed part: ifinfomsg, xfrm_usersa_info … in its C layout, padded to four octets.</summary>
    public NetlinkMessageBuilder Struct<T>(in T value)
        where T : unmanaged
    {
        MemoryMarshal.Write(Reserve(Unsafe.SizeOf<T>()), value);
        return this;
    }

    /// <inheritdoc cref="Struct{T}(in T)"/>
    public NetlinkMessageBuilder Raw(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Reserve(bytes.Length));
        return this;
    }

    public NetlinkMessageBuilder Attribute(ushort type, ReadOnlySpan<byte> payload)
    {
        var length = 4 + payload.Length;
        if (length > ushort.MaxValue)
            throw new ArgumentException($"an attribute of {payload.Length} octets is too long", nameof(payload));
        var room = Reserve(length);
        MemoryMarshal.Write(room, (ushort)length);
        MemoryMarshal.Write(room[2..], type);
        payload.CopyTo(room[4..]);
        return this;
    }

    public NetlinkMessageBuilder Attribute(ushort type, byte value) => Attribute(type, [value]);

    public NetlinkMessageBuilder Attribute(ushort type, uint value) =>
        Attribute(type, MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in value)));

    public NetlinkMessageBuilder Attribute(ushort type, int value) =>
        Attribute(type, MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in value)));

    public NetlinkMessageBuilder Attribute(ushort type, Ipv6Address value) => Attribute(type, value.ToBytes());

    /// <summary>A C structure as an attribute.</summary>
    public NetlinkMessageBuilder AttributeStruct<T>(ushort type, in T value)
        where T : unmanaged =>
        Attribute(type, MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));

    /// <summary>Text with its terminating zero.</summary>
    public NetlinkMessageBuilder Attribute(ushort type, string value) =>
        Attribute(type, [.. Encoding.UTF8.GetBytes(value), 0]);

    /// <summary>Opens a nested attribute; <see cref="End"/> closes it.</summary>
    /// <param name="flagged">
    /// Whether to set NLA_F_NESTED. The older rtnetlink families take it or leave it; VETH_INFO_PEER and friends are
    /// sent without by iproute2, which we follow.
    /// </param>
    public NetlinkMessageBuilder Begin(ushort type, bool flagged = true)
    {
        _open.Add(_length);
        var room = Reserve(4);
        MemoryMarshal.Write(room[2..], (ushort)(flagged ? type | NetlinkConstants.NLA_F_NESTED : type));
        return this;
    }

    public NetlinkMessageBuilder End()
    {
        var start = _open[^1];
        _open.RemoveAt(_open.Count - 1);
        MemoryMarshal.Write(_buffer.AsSpan(start), checked((ushort)(_length - start)));
        return this;
    }

    /// <summary>The whole message. Valid until the builder is changed.</summary>
    public Span<byte> Build(uint sequence, uint portId = 0, ushort extraFlags = 0)
    {
        if (_open.Count != 0)
            throw new InvalidOperationException("a nested attribute is still open");
        new NetlinkHeader((uint)_length, Type, (ushort)(Flags | extraFlags), sequence, portId).Write(_buffer);
        return _buffer.AsSpan(0, _length);
    }

    /// <summary>Wipes the request, which cannot be used any more: it held a key.</summary>
    public void Wipe() => CryptographicOperations.ZeroMemory(_buffer);

    /// <summary>Room for that many octets plus padding, zeroed.</summary>
    private Span<byte> Reserve(int octets)
    {
        var padded = (octets + 3) & ~3;
        if (_length + padded > _buffer.Length)
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + padded));
        var room = _buffer.AsSpan(_length, octets);
        _length += padded;
        return room;
    }
}
