using System.Diagnostics.CodeAnalysis;
using Acp.Wire.Cbor;

namespace Acp.Wire.Grasp;

/// <summary>
/// A GRASP message (RFC 8990 §2.8): one CBOR array. Numbers of the RFC's final edition (trap 2). Times are whole
/// milliseconds, 0 to 2^32 − 1.
/// </summary>
public abstract record GraspMessage
{
    private protected GraspMessage()
    {
    }

    /// <summary>The number on the wire.</summary>
    public abstract byte MessageType { get; }

    /// <summary>
    /// Elements that do not fit the message, encoded, in order: unknown options, or known ones in the wrong message. The
    /// receiver takes no notice of them (H-11, H-12, O-01); a relay of a flood passes them on.
    /// </summary>
    public ValueList<ByteString> Unknown { get; init; } = [];

    /// <summary>Reads one message of at most GRASP_DEF_MAX_SIZE octets; see the other overload.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out GraspMessage? message, out GraspRefusal refusal) =>
        TryDecode(bytes, GraspConstants.DefaultLimits, out message, out refusal);

    /// <summary>
    /// Reads exactly one message in any well-formed CBOR encoding (H-01). Takes no part of <paramref name="bytes"/> along.
    /// Never throws.
    /// </summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, CborLimits limits,
        [NotNullWhen(true)] out GraspMessage? message, out GraspRefusal refusal) =>
        new GraspDecoder().TryDecode(bytes, limits, out message, out refusal);

    /// <summary>
    /// The session id of a message whatever its type, for an M_INVALID in answer to one that was refused (H-08, H-10).
    /// False for M_NOOP, and when there is none.
    /// </summary>
    public static bool TryReadSessionId(ReadOnlySpan<byte> bytes, out byte messageType, out uint sessionId) =>
        GraspDecoder.TryReadSessionId(bytes, out messageType, out sessionId);

    /// <summary>
    /// The message in definite-length preferred encoding. Throws <see cref="ArgumentException"/> for what no peer may be
    /// sent: a time out of range, a flood or response with nothing in it, a value that is not one CBOR item.
    /// </summary>
    public byte[] Encode() => GraspEncoder.Encode(this);
}
