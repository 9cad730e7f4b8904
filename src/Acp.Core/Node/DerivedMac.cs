using System.Security.Cryptography;
using System.Text;
using Acp.Wire.Netlink;

namespace Acp.Core.Node;

/// <summary>
/// MAC addresses for the interfaces that acpd makes. The same node and parent give the same address after every
/// restart, so the link-local address made from it (RFC 4291 Appendix A) and everything neighbours remember about it
/// stay valid. 46 bits of SHA-256 tell nodes apart.
/// </summary>
public static class DerivedMac
{
    /// <param name="nodeIdentity">Whatever makes this node different from others, kept across restarts.</param>
    /// <param name="seed">Whatever makes this interface different from the node's others: see <see cref="LinkDecision.Wanted"/>.</param>
    /// <returns>A unicast, locally administered address.</returns>
    public static MacAddress From(ReadOnlySpan<byte> nodeIdentity, string seed)
    {
        var seedBytes = Encoding.UTF8.GetBytes(seed);
        Span<byte> input = new byte[4 + nodeIdentity.Length + seedBytes.Length];

        // The length in front keeps (identity, seed) pairs apart whose concatenations agree.
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(input, nodeIdentity.Length);
        nodeIdentity.CopyTo(input[4..]);
        seedBytes.CopyTo(input[(4 + nodeIdentity.Length)..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(input, hash);
        hash[0] = (byte)((hash[0] & 0xfc) | 0x02);
        MacAddress.TryRead(hash[..MacAddress.Size], out var address);
        return address;
    }
}
