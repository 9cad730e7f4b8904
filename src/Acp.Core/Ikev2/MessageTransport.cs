using Acp.Core.Time;
using Acp.Wire.Ikev2;

namespace Acp.Core.Ikev2;

/// <summary>How the messages of one IKE SA get to the wire and come from it: protected (RFC 7296 §3.14), in fragments (RFC 7383).</summary>
internal sealed class MessageTransport(IkeSa sa)
{
    private MessageProtector? _protector;

    /// <summary>It has keys.</summary>
    public bool IsProtected => _protector is not null;

    private Ikev2Options Options => sa.Host.Options;

    public void SetKeys(KeyMaterial keys) => _protector = new MessageProtector(sa.Host.Crypto, keys, sa.WeInitiated, sa.Host.Random);

    public void ForgetKeys() => _protector = null;

    /// <summary>The datagrams of one message. Needs keys.</summary>
    public IReadOnlyList<byte[]> Seal(ExchangeType exchange, bool isResponse, uint messageId, IReadOnlyList<IkePayload> payloads)
    {
        var flags = (sa.WeInitiated ? IkeFlags.Initiator : IkeFlags.None) | (isResponse ? IkeFlags.Response : IkeFlags.None);
        var header = IkeHeader.Create(sa.Id.InitiatorSpi, sa.Id.ResponderSpi, exchange, flags, messageId);
        var datagrams = _protector!.Seal(header, payloads, sa.Fragmentation ? Options.FragmentSize : int.MaxValue);
        sa.Host.Tracer?.NoteSent(sa.Path, header, payloads, datagrams);
        return datagrams;
    }

    public void Send(IReadOnlyList<byte[]> datagrams, IkePath path)
    {
        if (datagrams.Count > 1)
            sa.Traffic.FragmentsSent += datagrams.Count;
        for (var i = 0; i < datagrams.Count; i++)
            sa.Host.Actions.Add(path.Datagram(datagrams[i], Options));
    }

    /// <summary>A message for this SA from its own path, whose outermost payload is SK at <paramref name="bodyOffset"/>.</summary>
    public void HandleProtected(Instant now, IkePath path, IkeHeader header, byte[] message, PayloadType firstInner, int bodyOffset)
    {
        if (_protector is null)
        {
            sa.Drop(IkeDrop.WrongState);
            return;
        }

        if (!_protector.TryOpen(message, bodyOffset, out var inner))
        {
            sa.Drop(IkeDrop.Integrity);
            return;
        }

        sa.Host.Tracer?.NoteOpened(path, header, firstInner, inner, message.Length, 1);
        HandleOpened(now, path, header, firstInner, inner);
    }

    /// <summary>A message for this SA from its own path, whose outermost payload is SKF (RFC 7383 §2.6).</summary>
    public void HandleFragment(Instant now, IkePath path, IkeHeader header, byte[] message, EncryptedFragmentPayload fragment)
    {
        if (_protector is null || !sa.Fragmentation || fragment.TotalFragments > Options.MaxFragments)
        {
            sa.Drop(_protector is null ? IkeDrop.WrongState : !sa.Fragmentation ? IkeDrop.Fragment : IkeDrop.FragmentLimit);
            return;
        }

        // What is outside the window is not worth the decryption.
        var isRepeated = !header.IsResponse && sa.Responses.WasAnswered(header);
        if (header.IsResponse ? !sa.Requests.Awaits(header) : !isRepeated && !sa.Responses.Awaits(header))
        {
            sa.Drop(header.IsResponse || sa.Responses.IsAnswering ? IkeDrop.Unexpected : IkeDrop.MessageId);
            return;
        }

        if (!_protector.TryOpen(message, fragment.BodyOffset, out var part))
        {
            sa.Drop(IkeDrop.Integrity);
            return;
        }

        sa.Traffic.FragmentsReceived++;
        if (isRepeated)
        {
            // Once per retransmission: the first fragment stands for all (§2.6.1).
            if (fragment.FragmentNumber == 1)
                HandleOpened(now, path, header, PayloadType.None, default);
            return;
        }

        var parts = header.IsResponse ? sa.Requests.Parts : sa.Responses.Parts;
        if (parts.TryComplete(now, header.MessageId, fragment, part, out var firstInner, out var inner, out var drop))
        {
            sa.Host.Tracer?.NoteOpened(sa.Path, header, firstInner, inner, inner.Length, fragment.TotalFragments);
            HandleOpened(now, path, header, firstInner, inner);
        }
        else if (drop != IkeDrop.None)
        {
            sa.Drop(drop);
        }
    }

    private void HandleOpened(Instant now, IkePath path, IkeHeader header, PayloadType firstInner, ReadOnlyMemory<byte> inner)
    {
        if (header.IsResponse)
            sa.Requests.HandleResponse(now, path, header, firstInner, inner);
        else
            sa.Responses.HandleRequest(now, path, header, firstInner, inner);
    }
}
