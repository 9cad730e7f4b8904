using System.Buffers.Binary;
using System.Globalization;

namespace Acp.Wire.Grasp;

/// <summary>
/// The initiator field, <c>ipv4-address / ipv6-address</c> (RFC 8990 §2.8.4): it only tells apart equal session ids of
/// different nodes (H-20).
/// </summary>
public readonly record struct Initiator
{
    private readonly Ipv6Address _address;

    private Initiator(Ipv6Address address, bool isIpv4)
    {
        _address = address;
        IsIpv4 = isIpv4;
    }

    public Initiator(Ipv6Address address)
        : this(address, false)
    {
    }

    /// <summary>The address as a number; 32 bits of it for IPv4.</summary>
    public UInt128 Value => _address.Value;

    public bool IsIpv4 { get; }

    /// <summary>The address, or null for an IPv4 one.</summary>
    public Ipv6Address? Ipv6 => IsIpv4 ? null : _address;

    public static implicit operator Initiator(Ipv6Address address) => new(address);

    public static Initiator FromIpv4(uint address) => new(new Ipv6Address(0, address), true);

    /// <summary>4 or 16 octets; anything else is refused.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out Initiator initiator)
    {
        initiator = bytes.Length switch
        {
            4 => FromIpv4(BinaryPrimitives.ReadUInt32BigEndian(bytes)),
            Ipv6Address.Size => new Initiator(Ipv6Address.Read(bytes)),
            _ => default,
        };
        return bytes.Length is 4 or Ipv6Address.Size;
    }

    /// <summary>The 4 or 16 octets.</summary>
    public byte[] ToBytes()
    {
        if (!IsIpv4)
            return _address.ToBytes();
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)_address.Low);
        return bytes;
    }

    public override string ToString() => IsIpv4
        ? string.Join('.', ToBytes().Select(o => o.ToString(CultureInfo.InvariantCulture)))
        : _address.ToString();
}
