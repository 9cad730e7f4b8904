using Acp.Core;
using Acp.Wire;

namespace Acp.Daemon.Host;

/// <summary>Somebody on a link whom a person may mean.</summary>
/// <param name="Names">All that it is called: addresses, node name, interface, channel.</param>
/// <param name="Description">One line for a list of choices.</param>
internal sealed record PeerCandidate(LinkId Link, Ipv6Address Remote, IReadOnlyList<string> Names, string Description);
