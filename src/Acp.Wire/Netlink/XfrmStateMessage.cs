using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Acp.Wire.Netlink;

/// <summary>
/// One tunnel-mode ESP state between two IPv6 addresses, as we make it and as the kernel describes it. Its key is never
/// part of this: it goes to <see cref="XfrmRequests.AddState"/> by itself and is skipped when it comes back.
/// </summary>
/// <param name="RequestId">Ties states to policy templates.</param>
/// <param name="IfId">XFRMA_IF_ID: the xfrm interface it belongs to; 0 for none.</param>
/// <param name="OutputMark">XFRMA_SET_MARK: given to each packet after encryption; 0 for none.</param>
/// <param name="ReplayWindow">Packets; 0 when the kernel names none.</param>
public sealed record XfrmStateMessage(
    Ipv6Address Source,
    Ipv6Address Destination,
    uint Spi,
    uint RequestId,
    uint IfId,
    uint OutputMark,
    bool ExtendedSequenceNumbers,
    uint ReplayWindow,
    XfrmLifetime Lifetime)
{
    // linux/xfrm.h, struct xfrm_usersa_info, 224 octets:
    //    0 struct xfrm_selector sel;
    //   56 struct xfrm_id { xfrm_address_t daddr; 72 __be32 spi; 76 __u8 proto; } id;
    //   80 xfrm_address_t saddr;
    //   96 struct xfrm_lifetime_cfg lft;
    //  160 struct xfrm_lifetime_cur { __u64 bytes; 168 packets; 176 add_time; 184 use_time; } curlft;
    //  192 struct xfrm_stats { __u32 replay_window; 196 replay; 200 integrity_failed; } stats;
    //  204 __u32 seq; 208 reqid; 212 __u16 family; 214 __u8 mode, replay_window, flags;
    public const int FixedSize = 224;

    /// <summary>Octets of inner packets so far.</summary>
    public ulong Octets { get; init; }

    /// <summary>Packets so far.</summary>
    public ulong Packets { get; init; }

    /// <summary>Packets dropped as replayed or too old.</summary>
    public uint Replays { get; init; }

    /// <summary>Packets whose ICV was wrong.</summary>
    public uint IntegrityFailures { get; init; }

    /// <summary>Reads the payload of XFRM_MSG_NEWSA. States of other families and protocols are refused as OtherFamily.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> payload, [NotNullWhen(true)] out XfrmStateMessage? message, out NetlinkRefusal refusal)
    {
        message = null;
        refusal = NetlinkRefusal.Truncated;
        if (payload.Length < FixedSize)
            return false;
        refusal = NetlinkRefusal.OtherFamily;
        if (MemoryMarshal.Read<ushort>(payload[212..]) != Rtnetlink.AF_INET6 || payload[76] != Xfrm.IPPROTO_ESP)
            return false;
        refusal = NetlinkRefusal.BadAttribute;
        uint ifId = 0, outputMark = 0;
        uint window = payload[215];
        var attributes = new NetlinkAttributes(payload[FixedSize..]);
        while (attributes.TryNext(out var type, out var value))
        {
            switch (type)
            {
                case Xfrm.XFRMA_IF_ID when !NetlinkAttributes.TryReadUInt32(value, out ifId):
                case Xfrm.XFRMA_SET_MARK when !NetlinkAttributes.TryReadUInt32(value, out outputMark):
                case Xfrm.XFRMA_REPLAY_ESN_VAL when value.Length < XfrmReplayEsn.FixedSize:
                    return false;
                case Xfrm.XFRMA_REPLAY_ESN_VAL:
                    window = XfrmReplayEsn.ReadWindow(value);
                    break;
            }
        }

        refusal = attributes.Refusal;
        if (refusal != NetlinkRefusal.None)
            return false;
        message = new XfrmStateMessage(
            Ipv6Address.Read(payload[80..]),
            Ipv6Address.Read(payload[56..]),
            BinaryPrimitives.ReadUInt32BigEndian(payload[72..]),
            MemoryMarshal.Read<uint>(payload[208..]),
            ifId,
            outputMark,
            (payload[216] & Xfrm.XFRM_STATE_ESN) != 0,
            window,
            XfrmLifetime.Read(payload[96..]))
        {
            Octets = MemoryMarshal.Read<ulong>(payload[160..]),
            Packets = MemoryMarshal.Read<ulong>(payload[168..]),
            Replays = MemoryMarshal.Read<uint>(payload[196..]),
            IntegrityFailures = MemoryMarshal.Read<uint>(payload[200..]),
        };
        return true;
    }

    /// <summary>Writes the fixed part over <see cref="FixedSize"/> octets that are zero.</summary>
    internal void WriteFixed(Span<byte> bytes)
    {
        XfrmSelector.WriteAnyIpv6(bytes);
        Destination.Write(bytes[56..]);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[72..], Spi);
        bytes[76] = Xfrm.IPPROTO_ESP;
        Source.Write(bytes[80..]);
        Lifetime.Write(bytes[96..]);
        MemoryMarshal.Write(bytes[208..], RequestId);
        MemoryMarshal.Write(bytes[212..], (ushort)Rtnetlink.AF_INET6);
        bytes[214] = Xfrm.XFRM_MODE_TUNNEL;

        // The octet for small windows stays 0: XFRMA_REPLAY_ESN_VAL says it, with and without ESN.
        bytes[216] = ExtendedSequenceNumbers ? Xfrm.XFRM_STATE_ESN : (byte)0;
    }
}
