namespace Acp.Core.Grasp;

/// <summary>
/// What the peer of one session said while it was our ASA's turn: so many messages of one session, and so many octets of all
/// together.
/// </summary>
internal sealed class SessionInbox(GraspState state)
{
    private const int MaxMessages = 16;

    // Made when there is something, which is rare.
    private Queue<ReadOnlyMemory<byte>>? _messages;

    public bool IsEmpty => _messages is null or { Count: 0 };

    /// <summary>False when there is no room for it.</summary>
    public bool TryAdd(ReadOnlyMemory<byte> message)
    {
        if (_messages?.Count >= MaxMessages || state.InboxOctets + message.Length > state.Options.MaxInboxOctets)
            return false;
        state.InboxOctets += message.Length;
        (_messages ??= new()).Enqueue(message);
        return true;
    }

    public bool TryTake(out ReadOnlyMemory<byte> message)
    {
        message = default;
        if (_messages?.TryDequeue(out message) != true)
            return false;
        state.InboxOctets -= message.Length;
        return true;
    }

    /// <summary>Nobody will read it.</summary>
    public void Clear()
    {
        while (TryTake(out _))
        {
        }
    }
}
