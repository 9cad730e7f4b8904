using Acp.Wire.Ikev2;

namespace Acp.Core.Ikev2;

/// <summary>Notes messages for somebody who reads along. It exists only while there is such a reader.</summary>
internal sealed class IkeTracer(Outbox<Ikev2Fact> facts)
{
    /// <summary>A datagram as it came; what is protected is noted when it has been opened.</summary>
    public void NoteReceived(IkePath path, IkeMessage message, int octets)
    {
        if (message.Payloads is not ([EncryptedPayload] or [EncryptedFragmentPayload]))
            Note(new TracedMessage(path, false, message.Header, false, octets, 1, message.Payloads, IkeRefusal.None));
    }

    public void NoteOpened(IkePath path, IkeHeader header, PayloadType firstInner, ReadOnlyMemory<byte> inner, int octets, int datagrams)
    {
        if (!IkePayloadCodec.TryDecodeInner(firstInner, inner, out var payloads, out var refusal))
            payloads = [];
        Note(new TracedMessage(path, false, header, true, octets, datagrams, payloads, refusal));
    }

    /// <summary>What leaves without protection; read back, since that is what the peer will see.</summary>
    public void NoteSent(IkePath path, byte[] bytes)
    {
        if (IkeMessage.TryDecode(bytes, out var message, out _))
            Note(new TracedMessage(path, true, message.Header, false, bytes.Length, 1, message.Payloads, IkeRefusal.None));
    }

    public void NoteSent(IkePath path, IkeHeader header, IReadOnlyList<IkePayload> payloads, IReadOnlyList<byte[]> datagrams) =>
        Note(new TracedMessage(path, true, header, true, datagrams.Sum(d => d.Length), datagrams.Count, payloads, IkeRefusal.None));

    private void Note(TracedMessage message) => facts.Add(new Ikev2Fact.Traced(message));
}
