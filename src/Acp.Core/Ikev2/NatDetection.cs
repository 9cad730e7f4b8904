using System.Buffers.Binary;
using System.Security.Cryptography;
using Acp.Wire;

namespace Acp.Core.Ikev2;

/// <summary>
/// NAT_DETECTION_*_IP data (RFC 7296 §2.23): SHA-1 of SPIi, SPIr, address (4 or 16 octets) and port, as in the header that
/// carries it.
/// </summary>
public static class NatDetection
{
    private const int SpisSize = 16;

    public static byte[] Hash(IkeSaId id, Ipv6Address address, ushort port)
    {
        Span<byte> input = stackalloc byte[SpisSize + Ipv6Address.Size + 2];
        BinaryPrimitives.WriteUInt64BigEndian(input, id.InitiatorSpi);
        BinaryPrimitives.WriteUInt64BigEndian(input[8..], id.ResponderSpi);
        var size = Ipv6Address.Size;
        if (address.IsIpv4Mapped)
        {
            size = 4;
            BinaryPrimitives.WriteUInt32BigEndian(input[SpisSize..], (uint)address.Low);
        }
        else
        {
            address.Write(input[SpisSize..]);
        }

        BinaryPrimitives.WriteUInt16BigEndian(input[(SpisSize + size)..], port);
        return SHA1.HashData(input[..(SpisSize + size + 2)]);
    }
}
