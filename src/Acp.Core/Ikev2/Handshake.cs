using Acp.Core.Time;

namespace Acp.Core.Ikev2;

/// <summary>One side of IKE_SA_INIT and IKE_AUTH, waiting for answers to its questions.</summary>
internal abstract class Handshake : IDisposable
{
    /// <summary>An empty signature says that it could not be made.</summary>
    public abstract void HandleSigned(Instant now, ReadOnlyMemory<byte> algorithmIdentifier, ReadOnlyMemory<byte> signature);

    public abstract void HandleVerdict(Instant now, PeerVerdict verdict);

    public abstract void Dispose();
}
