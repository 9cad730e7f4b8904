using System.Runtime.InteropServices;

namespace Acp.Wire.Netlink;

/// <summary>
/// XFRMA_REPLAY_ESN_VAL. Despite its name also for 32-bit sequence numbers: without XFRM_STATE_ESN it only makes
/// windows of more than 32 packets possible.
/// </summary>
internal static class XfrmReplayEsn
{
    // linux/xfrm.h, struct xfrm_replay_state_esn, each __u32:
    //   0 bmp_len (words); 4 oseq; 8 seq; 12 oseq_hi; 16 seq_hi; 20 replay_window (packets); 24 bmp[bmp_len]
    public const int FixedSize = 24;

    /// <summary>A fresh state: nothing sent, nothing seen. The kernel takes a bitmap left out as all zero.</summary>
    public static byte[] Fresh(uint window)
    {
        var bytes = new byte[FixedSize];
        MemoryMarshal.Write(bytes, (window + 31) / 32);
        MemoryMarshal.Write(bytes.AsSpan(20), window);
        return bytes;
    }

    public static uint ReadWindow(ReadOnlySpan<byte> bytes) => MemoryMarshal.Read<uint>(bytes[20..]);
}
