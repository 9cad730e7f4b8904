using Acp.Core.Grasp;
using Acp.Core.Time;
using Acp.Wire;

namespace Acp.Sim;

/// <summary>
/// A TCP or TLS connection without either: what goes in at one end comes out at the other after a while, in order, as
/// long as the way between them is whole. Whatever meets a way that is not breaks the connection.
/// </summary>
/// <param name="isWhole">Asked whenever something arrives.</param>
public sealed class VirtualPipe(VirtualNetwork network, TimeSpan latency, Func<bool> isWhole)
{
    public VirtualPipeEnd? Opener { get; set; }

    public VirtualPipeEnd? Acceptor { get; set; }

    public bool IsBroken { get; private set; }

    public void Send(VirtualPipeEnd from, ByteString message) => Deliver(from, (to, grasp, now) => to.Message(grasp, now, message));

    /// <summary>The other end learns of it when it has got all that was sent before. Both closed: the pipe is gone.</summary>
    public void Close(VirtualPipeEnd from)
    {
        if (from.HasClosed)
            return;
        from.HasClosed = true;
        Deliver(from, (to, grasp, now) => to.Closed(grasp, now));
    }

    /// <summary>At once, as a process that dies or a reset.</summary>
    public void Break()
    {
        if (IsBroken)
            return;
        IsBroken = true;
        foreach (var end in new[] { Opener, Acceptor })
            end?.Tell(end.Closed);
    }

    private void Deliver(VirtualPipeEnd from, Action<VirtualPipeEnd, AcpGrasp, Instant> arrive) => network.After(latency, () =>
    {
        if (IsBroken)
            return;
        if ((from == Opener ? Acceptor : Opener) is not { IsAlive: true } to || !isWhole())
            Break();
        else
            to.Tell((grasp, now) => arrive(to, grasp, now));
    });
}
