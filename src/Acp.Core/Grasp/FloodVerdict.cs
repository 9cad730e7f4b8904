using Acp.Core.Time;
using Acp.Wire;
using Acp.Wire.Grasp;

namespace Acp.Core.Grasp;

/// <summary>What an <see cref="IFloodVerifier"/> found.</summary>
/// <param name="Detail">For people, in a few words.</param>
public sealed record FloodVerdict(FloodSignatureStatus Status, string Detail = "")
{
    /// <summary>Which certificate it takes, by the SHA-256 of it, when that one is not known.</summary>
    public ByteString? KeyId { get; init; }

    /// <summary>When it was signed, in seconds since 1970, if it says so.</summary>
    public long? IssuedAt { get; init; }

    /// <summary>When what was signed expires, if it says so.</summary>
    public Instant? Expires { get; init; }

    /// <summary>Not merely unknown: wrong.</summary>
    public bool IsWrong => Status >= FloodSignatureStatus.Malformed;
}
