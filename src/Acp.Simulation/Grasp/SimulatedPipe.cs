using Acp.Core.Time;
using Acp.Simulation.Clock;
using Acp.Wire;

namespace Acp.Simulation.Grasp;

/// <summary>
/// A TCP or TLS connection without either: what goes in at one end comes out at the other after a while, in order, as long as
/// the way between them is whole. Whatever meets a way that is not breaks the connection.
/// </summary>
/// <param name="transit">How long so many octets of one message take now; asked once for each message.</param>
/// <param name="isWhole">Asked whenever something arrives.</param>
internal sealed class SimulatedPipe(Simulation simulation, Func<int, TimeSpan> transit, Func<bool> isWhole)
{
    private Instant _lastToOpener;
    private Instant _lastToAcceptor;

    public SimulatedPipeEnd? Opener { get; set; }

    public SimulatedPipeEnd? Acceptor { get; set; }

    public bool IsBroken { get; private set; }

    public void Send(SimulatedPipeEnd from, ByteString message) => Deliver(from, message.Length, to =>
    {
        simulation.Trace.Add(simulation.Now, TraceKind.Stream, to.Node.Number, message.Span);
        to.Message(message);
    });

    /// <summary>The other end learns of it when it has got all that was sent before. Both closed: the pipe is gone.</summary>
    public void Close(SimulatedPipeEnd from)
    {
        if (from.HasClosed)
            return;
        from.HasClosed = true;
        Deliver(from, 0, to => to.Closed());
    }

    /// <summary>At once, as a process that dies or a reset.</summary>
    public void Break()
    {
        if (IsBroken)
            return;
        IsBroken = true;
        Opener?.Closed();
        Acceptor?.Closed();
    }

    private void Deliver(SimulatedPipeEnd from, int octets, Action<SimulatedPipeEnd> arrive)
    {
        ref var last = ref from == Opener ? ref _lastToAcceptor : ref _lastToOpener;
        var at = simulation.Now + transit(octets);
        if (at < last)
            at = last;
        last = at;
        simulation.Enqueue(new Callback(() => Arrive(from, arrive)), at);
    }

    private void Arrive(SimulatedPipeEnd from, Action<SimulatedPipeEnd> arrive)
    {
        if (IsBroken)
            return;
        if ((from == Opener ? Acceptor : Opener) is not { IsAlive: true } to || !isWhole())
            Break();
        else
            arrive(to);
    }
}
