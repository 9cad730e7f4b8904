using Acp.Wire.Cbor;

namespace Acp.Wire.Grasp;

/// <summary>RFC 8990 §2.6 and §4, under the RFC's own names.</summary>
public static class GraspConstants
{
    /// <summary>UDP and TCP (IANA; trap 1: other numbers in print are misprints).</summary>
    public const ushort GRASP_LISTEN_PORT = 7017;

    public const byte M_NOOP = 0;
    public const byte M_DISCOVERY = 1;
    public const byte M_RESPONSE = 2;
    public const byte M_REQ_NEG = 3;
    public const byte M_REQ_SYN = 4;
    public const byte M_NEGOTIATE = 5;
    public const byte M_END = 6;
    public const byte M_WAIT = 7;
    public const byte M_SYNCH = 8;
    public const byte M_FLOOD = 9;
    public const byte M_INVALID = 99;

    public const byte O_DIVERT = 100;
    public const byte O_ACCEPT = 101;
    public const byte O_DECLINE = 102;
    public const byte O_IPv6_LOCATOR = 103;
    public const byte O_IPv4_LOCATOR = 104;
    public const byte O_FQDN_LOCATOR = 105;
    public const byte O_URI_LOCATOR = 106;

    /// <summary>draft-carpenter-anima-grasp-ext-sign §4.</summary>
    public const byte O_COSE_SIGN = 107;

    /// <summary>Octets of a unicast message, unless its objective allows more (§2.8.3).</summary>
    public const int GRASP_DEF_MAX_SIZE = 2048;

    public const byte GRASP_DEF_LOOPCT = 6;

    /// <summary>The longest objective name we accept, in UTF-8 octets. The RFC gives no bound.</summary>
    public const int MaxObjectiveNameLength = 255;

    /// <summary>Names that DULL knows (RFC 8994 §6.4, RFC 8995 §4.1.1). Byte-exact (trap 9).</summary>
    public const string AN_ACP = "AN_ACP";

    public const string AN_Proxy = "AN_Proxy";

    /// <summary>What one message may cost us before its meaning is looked at .</summary>
    public static readonly CborLimits DefaultLimits = new(GRASP_DEF_MAX_SIZE, MaxDepth: 24, MaxElements: 1024, MaxTextLength: GRASP_DEF_MAX_SIZE);

    public static readonly TimeSpan GRASP_DEF_TIMEOUT = TimeSpan.FromSeconds(60);

    /// <summary>ALL_GRASP_NEIGHBORS.</summary>
    public static readonly Ipv6Address ALL_GRASP_NEIGHBORS = Ipv6Address.AllGraspNeighbors;
}
