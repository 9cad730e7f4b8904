using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Acp.Wire;

namespace Acp.Core.Node;

/// <summary>Names and inner addresses of channel interfaces: readable, stable over restarts, never two alike.</summary>
public static class ChannelNames
{
    /// <summary>IFNAMSIZ less the terminating zero.</summary>
    public const int MaxInterfaceName = 15;

    private const string Prefix = "acp_";
    private const string AbutmentPrefix = "abut_";

    /// <summary>
    /// <c>acp_&lt;peer&gt;_&lt;link&gt;</c>: the last two octets of the neighbour's link-local address and the host's
    /// interface. What does not fit, or is taken, ends in the channel's number instead.
    /// </summary>
    public static string InterfaceName(Ipv6Address remote, string abutmentName, ChannelId channel, Func<string, bool> taken)
    {
        var link = abutmentName.StartsWith(AbutmentPrefix, StringComparison.Ordinal) ? abutmentName[AbutmentPrefix.Length..] : abutmentName;
        var peer = ((ushort)remote.Value).ToString("x4", CultureInfo.InvariantCulture);
        var name = $"{Prefix}{peer}_{link}";
        if (name.Length <= MaxInterfaceName && !taken(name))
            return name;
        return $"{Prefix}{peer}_{channel.Value.ToString(CultureInfo.InvariantCulture)}";
    }

    /// <summary>
    /// Our address inside the channel: fe80::/64 with an interface identifier hashed from both ends' ACP addresses and
    /// the link's name. Nothing of the underlay's addresses shows in it (RFC 8994 §6.13.5.2.2, F-21).
    /// </summary>
    public static Ipv6Address InnerLinkLocal(Ipv6Address own, PeerIdentity peer, string abutmentName)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData("acp channel interface identifier"u8);
        hash.AppendData(own.ToBytes());
        hash.AppendData(peer.AcpAddress?.ToBytes() ?? SHA256.HashData(peer.Certificate.Span));
        hash.AppendData(Encoding.UTF8.GetBytes(abutmentName));
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(digest);
        Span<byte> address = stackalloc byte[Ipv6Address.Size];
        address.Clear();
        address[0] = 0xfe;
        address[1] = 0x80;
        digest[..8].CopyTo(address[8..]);
        address[8] &= 0xfd; // not derived from a globally unique identifier (RFC 4291 §2.5.1, "u" bit clear)
        return Ipv6Address.Read(address);
    }
}
