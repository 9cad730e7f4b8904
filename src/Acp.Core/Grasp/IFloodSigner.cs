using Acp.Core.Time;
using Acp.Wire;

namespace Acp.Core.Grasp;

/// <summary>Signs what this node floods. It takes a fraction of a millisecond, and floods are few.</summary>
public interface IFloodSigner
{
    /// <summary>The SHA-256 of our certificate, which signatures name it by.</summary>
    ByteString KeyId { get; }

    /// <summary>DER, leaf first: for whoever does not know it.</summary>
    ValueList<ByteString> Certificates { get; }

    /// <summary>What is known about the date.</summary>
    void SetWallClock(WallClock clock);

    /// <summary>The octets of an O_COSE_SIGN option; null when this cannot be signed now, and is sent as it is.</summary>
    /// <param name="ttl">How long the flood holds; zero for ever.</param>
    ByteString? Sign(Instant now, ReadOnlySpan<byte> payload, TimeSpan ttl);
}
