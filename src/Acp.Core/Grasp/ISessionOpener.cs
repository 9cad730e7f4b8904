using Acp.Core.Time;

namespace Acp.Core.Grasp;

/// <summary>A session that a <see cref="SessionOpening"/> brings to its stream.</summary>
internal interface ISessionOpener : IConnectionUser
{
    /// <summary>The stream is open, and the session's from now on.</summary>
    void HandleOpened(Instant now, Connection connection);

    /// <summary>Nobody was found.</summary>
    void HandleNobody(Instant now);

    /// <summary>Nobody who was given or found can be reached.</summary>
    void HandleUnreachable(Instant now, string? reason);
}
