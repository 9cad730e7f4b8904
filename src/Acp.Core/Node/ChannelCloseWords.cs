using Acp.Core.Ikev2;

namespace Acp.Core.Node;

/// <summary>Why a channel closed, in words for the adjacency table.</summary>
internal static class ChannelCloseWords
{
    public static string Of(ChannelCloseReason reason) => reason switch
    {
        ChannelCloseReason.PeerDelete => "the neighbour closed it",
        ChannelCloseReason.DeadPeer => "the neighbour stopped answering",
        ChannelCloseReason.LinkDown => "the link went down",
        ChannelCloseReason.CertificateExpired => "a certificate in the neighbour's chain expired",
        ChannelCloseReason.PeerRefused => "the neighbour's certificate is no longer acceptable",
        ChannelCloseReason.RefusedByPeer => "the neighbour does not accept our certificate; its log says why",
        ChannelCloseReason.PeerRestarted => "the neighbour began anew",
        ChannelCloseReason.Local => "closed by this node",
        ChannelCloseReason.IdentityChanged => "the same address is now somebody else",
        ChannelCloseReason.ProtocolError => "the neighbour broke the protocol",
        ChannelCloseReason.Exhausted => "its lifetime ended without a successor",
        _ => reason.ToString(),
    };
}
