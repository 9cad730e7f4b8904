using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Acp.Wire;

namespace Acp.Core.Identity;

/// <summary>
/// An ACP address taken apart by its sub-scheme (RFC 8994 §6.11). Every address has a reading; fields that the
/// scheme does not have are 0.
/// </summary>
public readonly record struct AcpAddress
{
    //  base     8 bits "fd" | 40 bits hash(routing-subdomain) | 2 bits Type | 78 bits sub-scheme
    //  Zone     50 base | 1 Z=0 | 13 Zone-ID   | 48 Registrar-ID | 15 Node-Number | 1 V
    //  Manual   50 base | 1 Z=1 | 13 Subnet-ID | 64 Interface Identifier
    //  Vlong    50 base | 46 Registrar-ID | 1 F | 23 Node-Number | 8 V      (F=0)
    //                                           | 15 Node-Number | 16 V     (F=1)

    /// <summary>Registrar-IDs have 46 bits in every scheme, so that one serves all (RFC 8994 §6.11.7.2).</summary>
    public const ulong MaxRegistrarId = (1UL << 46) - 1;

    /// <summary>Node-Numbers of the Zone and Vlong16 schemes.</summary>
    public const int MaxNodeNumber15 = (1 << 15) - 1;

    /// <summary>Node-Numbers of the Vlong8 scheme.</summary>
    public const int MaxNodeNumber23 = (1 << 23) - 1;

    /// <summary>Zone-IDs and Subnet-IDs.</summary>
    public const int MaxZoneId = (1 << 13) - 1;

    private AcpAddress(Ipv6Address address)
    {
        Address = address;
        var value = address.Value;
        var type = (int)(value >> 78) & 3;
        Scheme = type switch
        {
            0 => ((value >> 77) & 1) == 0 ? AcpAddressScheme.Zone : AcpAddressScheme.Manual,
            1 => ((value >> 31) & 1) == 0 ? AcpAddressScheme.Vlong8 : AcpAddressScheme.Vlong16,
            _ => AcpAddressScheme.Reserved,
        };
    }

    /// <summary>The whole address.</summary>
    public Ipv6Address Address { get; }

    public AcpAddressScheme Scheme { get; }

    /// <summary>The /48 that the routing-subdomain's hash leads to.</summary>
    public Ipv6Prefix Ula => new(Address, 48);

    /// <summary>The prefix that the node owns and announces in RPL; a reserved type has only the address itself.</summary>
    public Ipv6Prefix Prefix => new(Address, Scheme switch
    {
        AcpAddressScheme.Zone => 127,
        AcpAddressScheme.Manual => 64,
        AcpAddressScheme.Vlong8 => 120,
        AcpAddressScheme.Vlong16 => 112,
        _ => 128,
    });

    /// <summary>Zone-ID, or the Manual scheme's Subnet-ID.</summary>
    public int ZoneId => Scheme is AcpAddressScheme.Zone or AcpAddressScheme.Manual ? (int)Bits(64, 13) : 0;

    public ulong RegistrarId => Scheme switch
    {
        AcpAddressScheme.Zone => Bits(16, 48),
        AcpAddressScheme.Vlong8 or AcpAddressScheme.Vlong16 => Bits(32, 46),
        _ => 0,
    };

    public int NodeNumber => Scheme switch
    {
        AcpAddressScheme.Zone => (int)Bits(1, 15),
        AcpAddressScheme.Vlong8 => (int)Bits(8, 23),
        AcpAddressScheme.Vlong16 => (int)Bits(16, 15),
        _ => 0,
    };

    /// <summary>V, the virtualization bits: all zero in a certificate (F-12).</summary>
    public int V => Scheme switch
    {
        AcpAddressScheme.Zone => (int)Bits(0, 1),
        AcpAddressScheme.Vlong8 => (int)Bits(0, 8),
        AcpAddressScheme.Vlong16 => (int)Bits(0, 16),
        _ => 0,
    };

    /// <summary>The Manual scheme's Interface Identifier.</summary>
    public ulong InterfaceIdentifier => Scheme == AcpAddressScheme.Manual ? Bits(0, 64) : 0;

    /// <summary>Reads an address.</summary>
    public static AcpAddress Decode(Ipv6Address address) => new(address);

    /// <summary>
    /// The /48 of a routing-subdomain: fd and the first 40 bits of SHA-256 over its lower-case text without a trailing dot (F-05, F-06).
    /// Only who makes certificates needs it (F-07).
    /// </summary>
    public static Ipv6Prefix UlaOf(string routingSubdomain)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.ASCII.GetBytes(routingSubdomain.TrimEnd('.').ToLowerInvariant()), hash);
        Span<byte> address = stackalloc byte[Ipv6Address.Size];
        address.Clear();
        address[0] = 0xfd;
        hash[..5].CopyTo(address[1..]);
        return new Ipv6Prefix(Ipv6Address.Read(address), 48);
    }

    /// <summary>Zone scheme (F-08). The ranges of the fields are checked.</summary>
    public static AcpAddress Zone(Ipv6Prefix ula, int zoneId, ulong registrarId, int nodeNumber, int v = 0)
    {
        Check(zoneId, MaxZoneId, nameof(zoneId));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(registrarId, (1UL << 48) - 1);
        Check(nodeNumber, MaxNodeNumber15, nameof(nodeNumber));
        Check(v, 1, nameof(v));
        return Make(ula, ((UInt128)zoneId << 64) | ((UInt128)registrarId << 16) | ((UInt128)nodeNumber << 1) | (UInt128)v);
    }

    /// <summary>Manual scheme (F-09).</summary>
    public static AcpAddress Manual(Ipv6Prefix ula, int subnetId, ulong interfaceIdentifier)
    {
        Check(subnetId, MaxZoneId, nameof(subnetId));
        return Make(ula, (UInt128.One << 77) | ((UInt128)subnetId << 64) | interfaceIdentifier);
    }

    /// <summary>Vlong scheme with F=0: 23-bit Node-Number, 8 V bits (F-10).</summary>
    public static AcpAddress Vlong8(Ipv6Prefix ula, ulong registrarId, int nodeNumber, int v = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(registrarId, MaxRegistrarId);
        Check(nodeNumber, MaxNodeNumber23, nameof(nodeNumber));
        Check(v, 0xff, nameof(v));
        return Make(ula, (UInt128.One << 78) | ((UInt128)registrarId << 32) | ((UInt128)nodeNumber << 8) | (UInt128)v);
    }

    /// <summary>Vlong scheme with F=1: 15-bit Node-Number, 16 V bits (F-10).</summary>
    public static AcpAddress Vlong16(Ipv6Prefix ula, ulong registrarId, int nodeNumber, int v = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(registrarId, MaxRegistrarId);
        Check(nodeNumber, MaxNodeNumber15, nameof(nodeNumber));
        Check(v, 0xffff, nameof(v));
        return Make(ula, (UInt128.One << 78) | ((UInt128)registrarId << 32) | (UInt128.One << 31)
            | ((UInt128)nodeNumber << 16) | (UInt128)v);
    }

    public override string ToString() => Scheme switch
    {
        AcpAddressScheme.Zone => string.Create(CultureInfo.InvariantCulture,
            $"{Address} (Zone, Zone-ID {ZoneId}, Registrar-ID {RegistrarId:x12}, Node-Number {NodeNumber}, V {V})"),
        AcpAddressScheme.Manual => string.Create(CultureInfo.InvariantCulture,
            $"{Address} (Manual, Subnet-ID {ZoneId})"),
        AcpAddressScheme.Reserved => $"{Address} (reserved type)",
        _ => string.Create(CultureInfo.InvariantCulture,
            $"{Address} ({Scheme}, Registrar-ID {RegistrarId:x12}, Node-Number {NodeNumber}, V {V})"),
    };

    private static AcpAddress Make(Ipv6Prefix ula, UInt128 low)
    {
        if (ula.Length != 48)
            throw new ArgumentException($"{ula} is not a /48", nameof(ula));
        return new AcpAddress(new Ipv6Address(ula.Address.Value | low));
    }

    private static void Check(int value, int max, string name)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, max, name);
    }

    private ulong Bits(int shift, int count) => (ulong)(Address.Value >> shift) & (ulong.MaxValue >> (64 - count));
}
