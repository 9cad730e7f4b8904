using Acp.Core;

namespace Acp.Daemon.Host;

/// <summary>A channel that the data plane has built: its interface index in the acp namespace.</summary>
internal sealed record ChannelInterface(ChannelSpec Spec, int Index);
