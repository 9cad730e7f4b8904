using Acp.Core;

namespace Acp.Simulation.Network;

/// <param name="Owner">The node whose prefix it is; null when it is nobody's.</param>
internal readonly record struct SimulatedRoute(ChannelId Channel, SimulatedNode? Owner);
