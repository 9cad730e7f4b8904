namespace Acp.Core.Ikev2;

/// <summary>Counts of one line of IKE SAs: the first and those that rekeying put in its place share them.</summary>
public sealed record IkeSaTraffic
{
    /// <summary>Requests sent again since no answer came.</summary>
    public int Retransmissions { get; internal set; }

    /// <summary>Answers sent again since the peer asked again.</summary>
    public int RepeatedResponses { get; internal set; }

    /// <summary>Datagrams that were part of a longer message (RFC 7383), repetitions included.</summary>
    public int FragmentsSent { get; internal set; }

    /// <inheritdoc cref="FragmentsSent"/>
    public int FragmentsReceived { get; internal set; }

    /// <summary>Empty requests that ask whether the peer lives (RFC 7296 §2.4).</summary>
    public int LivenessProbes { get; internal set; }

    /// <summary>Child SAs replaced, by whichever end began it.</summary>
    public int ChildRekeys { get; internal set; }

    /// <summary>IKE SAs replaced, by whichever end began it.</summary>
    public int IkeRekeys { get; internal set; }
}
