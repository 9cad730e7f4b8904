using Acp.Core.Time;
using Acp.Wire.Ikev2;

namespace Acp.Core.Ikev2;

/// <summary>
/// The fragments of one message of one IKE SA (RFC 7383 §2.6). Only what passed the integrity check comes here, so that a
/// forged fragment cannot spoil the message; number, size and time are bounded, and so is the sum over all SAs.
/// </summary>
internal sealed class Reassembly(Ikev2Options options, FragmentBudget budget)
{
    private ReadOnlyMemory<byte>?[] _parts = [];
    private uint _messageId;
    private PayloadType _firstInner;
    private int _missing;
    private int _octets;

    /// <summary>When to forget an incomplete message.</summary>
    public Instant? Deadline { get; private set; }

    /// <summary>
    /// Takes one fragment. True when the message is complete: then <paramref name="inner"/> holds its payloads and nothing is kept.
    /// Otherwise <paramref name="drop"/> says why it was not taken, if it was not.
    /// </summary>
    public bool TryComplete(Instant now, uint messageId, EncryptedFragmentPayload fragment, ReadOnlyMemory<byte> part,
        out PayloadType firstInner, out ReadOnlyMemory<byte> inner, out IkeDrop drop)
    {
        firstInner = PayloadType.None;
        inner = default;
        drop = IkeDrop.None;
        var total = fragment.TotalFragments;
        if (_parts.Length == 0 || messageId != _messageId || total > _parts.Length)
        {
            // A larger total is the same message cut smaller, for a path whose MTU turned out to be less (§2.5.2).
            Clear();
            _parts = new ReadOnlyMemory<byte>?[total];
            _messageId = messageId;
            _missing = total;
            Deadline = now + options.FragmentTimeout;
        }
        else if (total < _parts.Length || _parts[fragment.FragmentNumber - 1] is not null)
        {
            drop = IkeDrop.Fragment;
            return false;
        }

        if (_octets + part.Length > IkeMessage.MaxLength || !budget.TryTake(part.Length))
        {
            Clear();
            drop = IkeDrop.FragmentLimit;
            return false;
        }

        _octets += part.Length;
        _parts[fragment.FragmentNumber - 1] = part;
        if (fragment.FragmentNumber == 1)
            _firstInner = fragment.FirstInner;
        if (--_missing > 0)
            return false;
        var whole = new byte[_octets];
        var at = 0;
        foreach (var piece in _parts)
        {
            piece!.Value.CopyTo(whole.AsMemory(at));
            at += piece.Value.Length;
        }

        inner = whole;
        firstInner = _firstInner;
        Clear();
        return true;
    }

    public void Clear()
    {
        budget.Return(_octets);
        _parts = [];
        _octets = 0;
        _firstInner = PayloadType.None;
        Deadline = null;
    }
}
