namespace Acp.Wire.Netlink;

/// <summary>linux/xfrm.h, and the xfrm interface's part of if_link.h. Kernel spelling.</summary>
public static class Xfrm
{
    public const ushort XFRM_MSG_NEWSA = 0x10;
    public const ushort XFRM_MSG_DELSA = 0x11;
    public const ushort XFRM_MSG_GETSA = 0x12;
    public const ushort XFRM_MSG_NEWPOLICY = 0x13;
    public const ushort XFRM_MSG_DELPOLICY = 0x14;
    public const ushort XFRM_MSG_GETPOLICY = 0x15;
    public const ushort XFRM_MSG_EXPIRE = 0x18;
    public const ushort XFRM_MSG_UPDPOLICY = 0x19;

    public const int XFRMNLGRP_EXPIRE = 2;

    public const ushort XFRMA_TMPL = 5;
    public const ushort XFRMA_ALG_AEAD = 18;
    public const ushort XFRMA_REPLAY_ESN_VAL = 23;
    public const ushort XFRMA_SET_MARK = 29;
    public const ushort XFRMA_SET_MARK_MASK = 30;
    public const ushort XFRMA_IF_ID = 31;

    public const byte XFRM_MODE_TUNNEL = 1;
    public const byte XFRM_STATE_ESN = 128;
    public const byte XFRM_POLICY_IN = 0;
    public const byte XFRM_POLICY_OUT = 1;
    public const byte XFRM_POLICY_FWD = 2;
    public const byte XFRM_POLICY_ALLOW = 0;
    public const ulong XFRM_INF = ulong.MaxValue;

    public const byte IPPROTO_ESP = 50;

    public const ushort IFLA_XFRM_LINK = 1;
    public const ushort IFLA_XFRM_IF_ID = 2;

    /// <summary>The kernel's name of ENCR_AES_GCM_16 (RFC 4106); the key is followed by the 4-octet salt.</summary>
    public const string AesGcmName = "rfc4106(gcm(aes))";

    /// <summary>The kernel's name of ENCR_CHACHA20_POLY1305 (RFC 7634).</summary>
    public const string ChaCha20Poly1305Name = "rfc7539esp(chacha20,poly1305)";
}
