using Acp.Core;
using Acp.Wire;

namespace Acp.Linux.Links;

/// <summary>One link of the abutment namespace, as the node sees it.</summary>
/// <param name="Link">Its interface index there. A link made anew has a new one.</param>
/// <param name="Name">Its name there: <c>abut_eth0</c>.</param>
/// <param name="Parent">The host interface's name.</param>
/// <param name="Address">Its link-local address, the same after every restart.</param>
/// <param name="Mtu">Octets, following the parent's.</param>
/// <param name="IsUp">Parent and link run, and the address is usable.</param>
public sealed record AbutmentLink(LinkId Link, string Name, string Parent, Ipv6Address Address, int Mtu, bool IsUp);
