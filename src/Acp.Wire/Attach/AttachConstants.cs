using Acp.Wire.Cbor;

namespace Acp.Wire.Attach;

/// <summary>Numbers of the protocol between ASAs and a running acpd; <see cref="AttachMessage"/> says how it goes.</summary>
public static class AttachConstants
{
    public const int Version = 1;

    /// <summary>Octets of one message of an agent: a value as long as any that GRASP carries, and what is around it.</summary>
    public const int MaxCallSize = 320 * 1024;

    /// <summary>Octets of one message of acpd: an answer may hold many copies of an objective.</summary>
    public const int MaxReplySize = 16 * 1024 * 1024;

    /// <summary>What acpd reads of an agent. Values are octets here, so nothing nests deep.</summary>
    public static readonly CborLimits CallLimits = new(MaxCallSize, MaxDepth: 8, MaxElements: 8192, MaxTextLength: 4096);

    /// <summary>What an agent reads of acpd.</summary>
    public static readonly CborLimits ReplyLimits = new(MaxReplySize, MaxDepth: 8, MaxElements: 1 << 20, MaxTextLength: 4096);

    internal const int HELLO = 0;
    internal const int CALL = 1;
    internal const int CANCEL = 2;
    internal const int REPLY = 3;
    internal const int CANCELLED = 4;
    internal const int BYE = 5;
}
