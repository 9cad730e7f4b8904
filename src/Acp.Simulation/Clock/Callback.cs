namespace Acp.Simulation.Clock;

/// <summary>For what is rare. Packets have an event of their own.</summary>
internal sealed class Callback(Action action) : SimulatedEvent
{
    public override void Happen() => action();
}
