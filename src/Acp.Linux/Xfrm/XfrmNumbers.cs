using Acp.Core;

namespace Acp.Linux.Xfrm;

/// <summary>
/// Every number by which the kernel knows something of the kernel data plane. All carry our prefix, so that what a
/// killed predecessor left can be told from anything else, and each follows from a channel or a link, so none is kept.
/// </summary>
internal static class XfrmNumbers
{
    /// <summary>The rules' priority: before main's 32766, after local's 0. RFC 8994, for whoever reads <c>ip -6 rule</c>.</summary>
    public const uint RulePriority = 8994;

    /// <summary>Upper octet of every if_id, mark and table of ours.</summary>
    private const uint Prefix = 0xAC000000;
    private const uint PrefixMask = 0xFF000000;

    /// <summary>if_id and reqid of a channel's interface, policies and states: distinct for 2^24 channels.</summary>
    public static uint IfId(ChannelId channel) => Prefix | ((uint)channel.Value & ~PrefixMask);

    /// <summary>
    /// Output mark of the states that send over a link, and the number of the routing table that the mark leads to.
    /// Interface indices stay below 2^24 in any kernel that has not made sixteen million interfaces.
    /// </summary>
    public static uint MarkAndTable(LinkId link) => Prefix | ((uint)link.Value & ~PrefixMask);

    public static bool IsOurs(uint number) => (number & PrefixMask) == Prefix;
}
