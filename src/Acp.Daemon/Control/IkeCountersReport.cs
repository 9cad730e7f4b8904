namespace Acp.Daemon.Control;

/// <summary>What the IKE SAs of a channel went through, across rekeying, since the peer last began anew.</summary>
/// <param name="ChildRekeys">Child SAs replaced, whichever end began it.</param>
/// <param name="IkeRekeys">IKE SAs replaced, likewise.</param>
/// <param name="Retransmissions">Requests of ours sent again.</param>
/// <param name="RepeatedResponses">Answers of ours sent again.</param>
/// <param name="FragmentsSent">Datagrams that were part of a longer message (RFC 7383).</param>
/// <param name="LivenessProbes">Questions of ours whether the peer lives.</param>
public sealed record IkeCountersReport(
    int ChildRekeys,
    int IkeRekeys,
    int Retransmissions,
    int RepeatedResponses,
    int FragmentsSent,
    int FragmentsReceived,
    int LivenessProbes);
