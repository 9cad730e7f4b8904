using System.Buffers.Binary;
using System.Security.Cryptography;
using Acp.Wire;

namespace Acp.Core.Ikev2;

/// <summary>NAT_DETECTION_*_IP data (RFC 7296 §2.23): SHA-1 of SPIi, SPIr, address and port, as in the header that carries it.</summary>
public static class NatDetection
{
    public static byte[] Hash(IkeSaId id, Ipv6Address address, ushort port)
    {
        Span<byte> input = stackalloc byte[8 + 8 + 16 + 2];
        BinaryPrimitives.WriteUInt64BigEndian(input, id.InitiatorSpi);
        BinaryPrimitives.WriteUInt64BigEndian(input[8..], id.ResponderSpi);
        address.Write(input[16..]);
        BinaryPrimitives.WriteUInt16BigEndian(input[32..], port);
        return SHA1.HashData(input);
    }
}
