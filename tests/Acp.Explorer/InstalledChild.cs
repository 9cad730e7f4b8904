using Acp.Core;

namespace Acp.Explorer;

/// <summary>A child SA pair as a data plane would hold it; of the keys only digests.</summary>
internal readonly record struct InstalledChild(ChannelId Channel, uint InboundSpi, uint OutboundSpi, ulong InboundKey, ulong OutboundKey);
