using Acp.Core.Time;

namespace Acp.Core.Grasp;

/// <summary>Whoever a stream belongs to.</summary>
internal interface IConnectionUser
{
    void HandleConnected(Instant now);

    /// <param name="bytes">One CBOR item; kept by whoever wants to.</param>
    void HandleMessage(Instant now, ReadOnlyMemory<byte> bytes);

    /// <summary>The other end closed it, or it could not be opened. Not told of our own closing.</summary>
    void HandleClosed(Instant now);
}
