namespace Acp.Daemon.Bench;

/// <summary>One end of the handshakes that are measured: a daemon in a process and a namespace of its own.</summary>
internal interface IIkePeer : IDisposable
{
    TunnelProcess Process { get; }

    /// <summary>Begins so many handshakes, never more than <paramref name="inFlight"/> at once, and waits for their ends.</summary>
    /// <returns>How many were complete, and in which time.</returns>
    (int Complete, TimeSpan Elapsed) Initiate(int count, int inFlight);

    /// <summary>Forgets all SAs.</summary>
    void Clear();
}
