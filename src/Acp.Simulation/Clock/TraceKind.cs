namespace Acp.Simulation.Clock;

/// <summary>What a step of the trace is.</summary>
internal enum TraceKind
{
    Wake = 1,
    Packet,
    Answer,
    Stream,
    Node,
    Link,
    Route,
    Channel,
    Schedule,
}
