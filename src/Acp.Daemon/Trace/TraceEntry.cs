using Acp.Core.Ikev2;

namespace Acp.Daemon.Trace;

/// <summary>What the loop hands to readers: cheap to make, and put into words by whoever reads.</summary>
/// <param name="Link">Host name of the link; null when nobody knows.</param>
/// <param name="Remote">The peer's address; null likewise.</param>
internal sealed record TraceEntry(DateTimeOffset At, string? Link, string? Remote, Ikev2Fact Fact);
