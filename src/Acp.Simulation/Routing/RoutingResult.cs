namespace Acp.Simulation.Routing;

/// <summary>What becomes of a packet.</summary>
internal enum RoutingResult
{
    Arrives,

    /// <summary>Somewhere on its way there is no route.</summary>
    NoRoute,

    /// <summary>A route leads into a channel whose other end does not open what comes.</summary>
    Dead,

    /// <summary>It goes round in circles.</summary>
    Loops,
}
