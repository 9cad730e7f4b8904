using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Acp.Wire.Netlink;

/// <summary>One interface as RTM_NEWLINK, RTM_DELLINK describe it.</summary>
public sealed record LinkMessage
{
    /// <summary>Number within its namespace; never reused until the numbers wrap.</summary>
    public required int Index { get; init; }

    public required string Name { get; init; }

    /// <summary>ARPHRD_…</summary>
    public ushort Type { get; init; }

    /// <summary>IFF_…</summary>
    public uint Flags { get; init; }

    /// <summary>Zero for interfaces without an EUI-48.</summary>
    public MacAddress Address { get; init; }

    public int Mtu { get; init; }

    /// <summary>IF_OPER_…</summary>
    public byte OperState { get; init; }

    /// <summary>The bridge, bond or VRF it is a port of; 0 when none.</summary>
    public int Master { get; init; }

    /// <summary>The lower device of a macvlan, VLAN or tunnel, the peer of a veth; 0 when none.</summary>
    public int Link { get; init; }

    /// <summary>The namespace of <see cref="Link"/> when it is another one; null when the same.</summary>
    public int? LinkNetnsid { get; init; }

    /// <summary>IFLA_INFO_KIND: "veth", "bridge", "macvlan" …; empty for hardware.</summary>
    public string Kind { get; init; } = "";

    /// <summary>IFLA_XFRM_IF_ID of an xfrm interface; 0 for every other kind.</summary>
    public uint XfrmIfId { get; init; }

    /// <summary>IFLA_INFO_SLAVE_KIND: what it is a port of.</summary>
    public string SlaveKind { get; init; } = "";

    public string Alias { get; init; } = "";

    /// <summary>IN6_ADDR_GEN_MODE_…: 0 EUI-64, 1 none; null when unsaid.</summary>
    public byte? AddrGenMode { get; init; }

    /// <summary>Administratively up.</summary>
    public bool IsUp => (Flags & Rtnetlink.IFF_UP) != 0;

    /// <summary>Up, and so is what is below: packets can pass (IFF_RUNNING follows the operational state).</summary>
    public bool IsRunning => (Flags & (Rtnetlink.IFF_UP | Rtnetlink.IFF_RUNNING)) == (Rtnetlink.IFF_UP | Rtnetlink.IFF_RUNNING);

    // struct ifinfomsg { unsigned char ifi_family, pad; unsigned short ifi_type; int ifi_index; unsigned ifi_flags, ifi_change; }
    // attributes IFLA_…
    // Family must be AF_UNSPEC. Bridges announce their ports with RTM_NEWLINK and RTM_DELLINK of family AF_BRIDGE;
    // such a DELLINK says that the port left its bridge, not that the interface is gone.
    public static bool TryDecode(ReadOnlySpan<byte> payload, [NotNullWhen(true)] out LinkMessage? message, out NetlinkRefusal refusal)
    {
        message = null;
        if (payload.Length < 16)
            return Refuse(NetlinkRefusal.Truncated, out refusal);
        var fixedPart = MemoryMarshal.Read<IfInfoMsg>(payload);
        if (fixedPart.Family != Rtnetlink.AF_UNSPEC)
            return Refuse(NetlinkRefusal.OtherFamily, out refusal);
        string name = "", kind = "", slaveKind = "", alias = "";
        MacAddress address = default;
        uint mtu = 0, master = 0, link = 0, xfrmIfId = 0;
        int? linkNetnsid = null;
        byte operState = 0;
        byte? addrGenMode = null;
        var attributes = new NetlinkAttributes(payload[16..]);
        while (attributes.TryNext(out var type, out var value))
        {
            var good = true;
            switch (type)
            {
                case Rtnetlink.IFLA_IFNAME:
                    name = NetlinkAttributes.ReadString(value);
                    break;
                case Rtnetlink.IFLA_ADDRESS:
                    // Tunnels have 4, 16 or 20 octets here; only EUI-48 interests us.
                    MacAddress.TryRead(value, out address);
                    break;
                case Rtnetlink.IFLA_MTU:
                    good = NetlinkAttributes.TryReadUInt32(value, out mtu);
                    break;
                case Rtnetlink.IFLA_MASTER:
                    good = NetlinkAttributes.TryReadUInt32(value, out master);
                    break;
                case Rtnetlink.IFLA_LINK:
                    good = NetlinkAttributes.TryReadUInt32(value, out link);
                    break;
                case Rtnetlink.IFLA_LINK_NETNSID:
                    good = NetlinkAttributes.TryReadInt32(value, out var nsid);
                    linkNetnsid = nsid;
                    break;
                case Rtnetlink.IFLA_OPERSTATE:
                    good = value.Length == 1;
                    operState = good ? value[0] : operState;
                    break;
                case Rtnetlink.IFLA_IFALIAS:
                    alias = NetlinkAttributes.ReadString(value);
                    break;
                case Rtnetlink.IFLA_LINKINFO:
                    good = TryDecodeInfo(value, ref kind, ref slaveKind, ref xfrmIfId);
                    break;
                case Rtnetlink.IFLA_AF_SPEC:
                    good = TryDecodeAfSpec(value, ref addrGenMode);
                    break;
            }

            if (!good)
                return Refuse(NetlinkRefusal.BadAttribute, out refusal);
        }

        refusal = attributes.Refusal;
        if (refusal != NetlinkRefusal.None)
            return false;
        message = new LinkMessage
        {
            Index = fixedPart.Index,
            Name = name,
            Type = fixedPart.Type,
            Flags = fixedPart.Flags,
            Address = address,
            Mtu = (int)Math.Min(mtu, int.MaxValue),
            OperState = operState,
            Master = (int)Math.Min(master, int.MaxValue),
            Link = (int)Math.Min(link, int.MaxValue),
            LinkNetnsid = linkNetnsid,
            Kind = kind,
            XfrmIfId = xfrmIfId,
            SlaveKind = slaveKind,
            Alias = alias,
            AddrGenMode = addrGenMode,
        };
        return true;
    }

    public override string ToString() =>
        $"{Index}:{Name} {(Kind.Length == 0 ? "hardware" : Kind)} {(IsRunning ? "running" : IsUp ? "up" : "down")} mtu {Mtu} {Address}";

    private static bool TryDecodeInfo(ReadOnlySpan<byte> bytes, ref string kind, ref string slaveKind, ref uint xfrmIfId)
    {
        ReadOnlySpan<byte> data = default;
        var attributes = new NetlinkAttributes(bytes);
        while (attributes.TryNext(out var type, out var value))
        {
            if (type == Rtnetlink.IFLA_INFO_KIND)
                kind = NetlinkAttributes.ReadString(value);
            else if (type == Rtnetlink.IFLA_INFO_SLAVE_KIND)
                slaveKind = NetlinkAttributes.ReadString(value);
            else if (type == Rtnetlink.IFLA_INFO_DATA)
                data = value;
        }

        if (attributes.Refusal != NetlinkRefusal.None)
            return false;

        // What the data means depends on the kind; only one kind's concerns us.
        if (kind != "xfrm")
            return true;
        var options = new NetlinkAttributes(data);
        while (options.TryNext(out var type, out var value))
        {
            if (type == Xfrm.IFLA_XFRM_IF_ID && !NetlinkAttributes.TryReadUInt32(value, out xfrmIfId))
                return false;
        }

        return options.Refusal == NetlinkRefusal.None;
    }

    // IFLA_AF_SPEC holds one attribute per family, its type the AF_ number; the IPv6 one holds IFLA_INET6_….
    private static bool TryDecodeAfSpec(ReadOnlySpan<byte> bytes, ref byte? addrGenMode)
    {
        var families = new NetlinkAttributes(bytes);
        while (families.TryNext(out var family, out var inner))
        {
            if (family != Rtnetlink.AF_INET6)
                continue;
            var attributes = new NetlinkAttributes(inner);
            while (attributes.TryNext(out var type, out var value))
            {
                if (type == Rtnetlink.IFLA_INET6_ADDR_GEN_MODE && value.Length == 1)
                    addrGenMode = value[0];
            }

            if (attributes.Refusal != NetlinkRefusal.None)
                return false;
        }

        return families.Refusal == NetlinkRefusal.None;
    }

    private static bool Refuse(NetlinkRefusal why, out NetlinkRefusal refusal)
    {
        refusal = why;
        return false;
    }
}
