using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Acp.Wire.Netlink;

/// <summary>Requests to NETLINK_XFRM, and the one to NETLINK_ROUTE that makes an xfrm interface.</summary>
public static class XfrmRequests
{
    private const ushort CreateNew = NetlinkConstants.NLM_F_CREATE | NetlinkConstants.NLM_F_EXCL;

    /// <summary>Adds a state. The request holds the key: <see cref="NetlinkMessageBuilder.Wipe"/> it once sent.</summary>
    /// <param name="algorithm">The kernel's name, such as <see cref="Xfrm.AesGcmName"/>.</param>
    /// <param name="key">Key and salt.</param>
    /// <param name="icvBits">The integrity check value's length in bits.</param>
    public static NetlinkMessageBuilder AddState(XfrmStateMessage state, string algorithm, ReadOnlySpan<byte> key, uint icvBits)
    {
        var fixedPart = new byte[XfrmStateMessage.FixedSize];
        state.WriteFixed(fixedPart);

        // struct xfrm_algo_aead { char alg_name[64]; 64 unsigned alg_key_len (bits); 68 alg_icv_len (bits); 72 char alg_key[]; }
        Span<byte> aead = stackalloc byte[72 + key.Length];
        aead.Clear();
        Encoding.ASCII.GetBytes(algorithm, aead[..63]);
        MemoryMarshal.Write(aead[64..], (uint)key.Length * 8);
        MemoryMarshal.Write(aead[68..], icvBits);
        key.CopyTo(aead[72..]);

        // Room for all of it at once: growing would leave the key behind in the old buffer.
        var request = new NetlinkMessageBuilder(Xfrm.XFRM_MSG_NEWSA, CreateNew, capacity: 1024)
            .Raw(fixedPart)
            .Attribute(Xfrm.XFRMA_ALG_AEAD, aead)
            .Attribute(Xfrm.XFRMA_REPLAY_ESN_VAL, XfrmReplayEsn.Fresh(state.ReplayWindow))
            .Attribute(Xfrm.XFRMA_IF_ID, state.IfId);
        CryptographicOperations.ZeroMemory(aead);
        if (state.OutputMark != 0)
            request.Attribute(Xfrm.XFRMA_SET_MARK, state.OutputMark).Attribute(Xfrm.XFRMA_SET_MARK_MASK, uint.MaxValue);
        return request;
    }

    /// <summary>The kernel finds a state by destination, SPI and protocol; nothing else takes part.</summary>
    public static NetlinkMessageBuilder DeleteState(Ipv6Address destination, uint spi) =>
        AboutState(Xfrm.XFRM_MSG_DELSA, destination, spi);

    /// <inheritdoc cref="DeleteState"/>
    public static NetlinkMessageBuilder GetState(Ipv6Address destination, uint spi) =>
        AboutState(Xfrm.XFRM_MSG_GETSA, destination, spi);

    /// <summary>All states of all families, for a dump.</summary>
    public static NetlinkMessageBuilder GetStates() => new(Xfrm.XFRM_MSG_GETSA, 0);

    /// <summary>
    /// Packets between ::/0 and ::/0 that pass the interface <paramref name="ifId"/> need, or get, the ESP tunnel from
    /// <paramref name="source"/> to <paramref name="destination"/>. Traffic of other interfaces is not concerned.
    /// </summary>
    /// <param name="direction">XFRM_POLICY_IN, OUT, FWD.</param>
    public static NetlinkMessageBuilder AddPolicy(byte direction, uint ifId, uint requestId, Ipv6Address source, Ipv6Address destination)
    {
        var policy = new byte[XfrmPolicyMessage.FixedSize];
        XfrmSelector.WriteAnyIpv6(policy);
        XfrmLifetime.Unlimited.Write(policy.AsSpan(XfrmSelector.Size));
        policy[160] = direction;
        policy[161] = Xfrm.XFRM_POLICY_ALLOW;

        // struct xfrm_user_tmpl, 64 octets: 0 struct xfrm_id { daddr; 16 spi; 20 proto }; 24 __u16 family;
        //   28 xfrm_address_t saddr; 44 __u32 reqid; 48 __u8 mode, share, optional; 52 __u32 aalgos; 56 ealgos; 60 calgos;
        Span<byte> template = stackalloc byte[64];
        template.Clear();
        destination.Write(template);
        template[20] = Xfrm.IPPROTO_ESP;
        MemoryMarshal.Write(template[24..], (ushort)Rtnetlink.AF_INET6);
        source.Write(template[28..]);
        MemoryMarshal.Write(template[44..], requestId);
        template[48] = Xfrm.XFRM_MODE_TUNNEL;
        template[52..].Fill(0xff);

        return new NetlinkMessageBuilder(Xfrm.XFRM_MSG_NEWPOLICY, CreateNew, capacity: 512)
            .Raw(policy)
            .Attribute(Xfrm.XFRMA_TMPL, template)
            .Attribute(Xfrm.XFRMA_IF_ID, ifId);
    }

    /// <summary>Deletes the policy that <see cref="AddPolicy"/> made for that direction and interface.</summary>
    public static NetlinkMessageBuilder DeletePolicy(byte direction, uint ifId) => AboutPolicy(direction, ifId, index: 0);

    /// <summary>Deletes a policy found in a dump, whatever its selector.</summary>
    public static NetlinkMessageBuilder DeletePolicy(XfrmPolicyMessage policy) => AboutPolicy(policy.Direction, policy.IfId, policy.Index);

    /// <summary>All policies of all families, for a dump.</summary>
    public static NetlinkMessageBuilder GetPolicies() => new(Xfrm.XFRM_MSG_GETPOLICY, 0);

    /// <summary>
    /// An xfrm interface. The namespace it is made in stays the one whose states and policies it uses, wherever it is
    /// moved afterwards; so this must not name another one (IFLA_NET_NS_FD) itself.
    /// </summary>
    /// <param name="link">The interface its packets leave by, as far as routing asks.</param>
    public static NetlinkMessageBuilder CreateInterface(string name, int link, uint ifId, int mtu) =>
        new NetlinkMessageBuilder(Rtnetlink.RTM_NEWLINK, CreateNew)
            .Struct(default(IfInfoMsg))
            .Attribute(Rtnetlink.IFLA_IFNAME, name)
            .Attribute(Rtnetlink.IFLA_MTU, mtu)
            .Begin(Rtnetlink.IFLA_LINKINFO)
            .Attribute(Rtnetlink.IFLA_INFO_KIND, "xfrm")
            .Begin(Rtnetlink.IFLA_INFO_DATA)
            .Attribute(Xfrm.IFLA_XFRM_LINK, link)
            .Attribute(Xfrm.IFLA_XFRM_IF_ID, ifId)
            .End()
            .End();

    private static NetlinkMessageBuilder AboutState(ushort type, Ipv6Address destination, uint spi)
    {
        // struct xfrm_usersa_id, 24 octets: 0 xfrm_address_t daddr; 16 __be32 spi; 20 __u16 family; 22 __u8 proto;
        Span<byte> id = stackalloc byte[24];
        id.Clear();
        destination.Write(id);
        BinaryPrimitives.WriteUInt32BigEndian(id[16..], spi);
        MemoryMarshal.Write(id[20..], (ushort)Rtnetlink.AF_INET6);
        id[22] = Xfrm.IPPROTO_ESP;
        return new NetlinkMessageBuilder(type, 0).Raw(id);
    }

    private static NetlinkMessageBuilder AboutPolicy(byte direction, uint ifId, uint index)
    {
        // struct xfrm_userpolicy_id, 64 octets: 0 struct xfrm_selector sel; 56 __u32 index; 60 __u8 dir;
        Span<byte> id = stackalloc byte[64];
        id.Clear();
        XfrmSelector.WriteAnyIpv6(id);
        MemoryMarshal.Write(id[56..], index);
        id[60] = direction;
        return new NetlinkMessageBuilder(Xfrm.XFRM_MSG_DELPOLICY, 0).Raw(id).Attribute(Xfrm.XFRMA_IF_ID, ifId);
    }
}
