using System.Diagnostics.CodeAnalysis;
using Acp.Wire.Cbor;
using Acp.Wire.Grasp;

namespace Acp.Wire.Attach;

/// <summary>
/// What ASAs and a running acpd say to each other over its Unix socket: a CBOR sequence (RFC 8742) each way. Both begin
/// with a hello. After that an agent makes calls, as many at once as it likes, and each is answered once, by a reply or,
/// if it was cancelled in time, by that. Nothing comes unasked: who waits for requests or floods has a call open that is
/// answered by the next one, so that no agent is sent more than it asked for. The end of the connection is the end of all
/// that was registered over it.
/// <code>
/// hello     = [0, version, name: text]
/// call      = [1, id, function, arguments…]       agent → acpd
/// cancel    = [2, id]                             agent → acpd
/// reply     = [3, id, error, {? 0: reason, …}]    acpd → agent
/// cancelled = [4, id]                             acpd → agent
/// bye       = [5, reason: text]                   acpd → agent, before it closes
/// </code>
/// Times are nanoseconds. Values of objectives are octets that hold one CBOR item.
/// </summary>
public abstract record AttachMessage
{
    private AttachMessage()
    {
    }

    /// <param name="Name">Of a program and its version, for people.</param>
    public sealed record Hello(uint Version, string Name) : AttachMessage;

    /// <param name="Id">Chosen by the agent, unique among its open calls.</param>
    public sealed record Call(uint Id, AttachCall Function) : AttachMessage;

    public sealed record Cancel(uint Id) : AttachMessage;

    public sealed record Reply(uint Id, AttachReply Answer) : AttachMessage;

    public sealed record Cancelled(uint Id) : AttachMessage;

    public sealed record Bye(string Reason) : AttachMessage;

    /// <param name="limits"><see cref="AttachConstants.CallLimits"/> or <see cref="AttachConstants.ReplyLimits"/>.</param>
    public static bool TryDecode(
        ReadOnlyMemory<byte> bytes, CborLimits limits, [NotNullWhen(true)] out AttachMessage? message, out AttachRefusal refusal) =>
        AttachDecoder.TryDecode(bytes, limits, out message, out refusal);

    public byte[] Encode() => AttachEncoder.Encode(this);
}
