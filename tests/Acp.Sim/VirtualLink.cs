using Acp.Wire;

namespace Acp.Sim;

/// <summary>A cable between two nodes. It can be cut (both ends see the link go down) or fall silent (nobody sees).</summary>
public sealed class VirtualLink
{
    private readonly VirtualNetwork _network;

    public VirtualLink(VirtualNetwork network, VirtualNode a, VirtualNode b, TimeSpan latency, double loss)
    {
        _network = network;
        Latency = latency;
        Loss = loss;
        A = a.Attach(this);
        B = b.Attach(this);
    }

    public VirtualPort A { get; }

    public VirtualPort B { get; }

    public TimeSpan Latency { get; }

    /// <summary>Probability that a frame is lost.</summary>
    public double Loss { get; set; }

    /// <summary>Up at both ends.</summary>
    public bool IsUp { get; private set; }

    /// <summary>Frames vanish without a sign.</summary>
    public bool IsSilent { get; set; }

    public long FramesSent { get; private set; }

    public VirtualPort Opposite(VirtualPort port) => port == A ? B : A;

    public void Up()
    {
        IsUp = true;
        A.Up();
        B.Up();
    }

    public void Cut()
    {
        IsUp = false;
        A.Down();
        B.Down();
    }

    /// <summary>Delivers to the other end after the latency, if the cable is still whole then.</summary>
    public void Carry(VirtualPort from, Ipv6Address destination, Action<VirtualPort> deliver)
    {
        FramesSent++;
        if (!IsUp || IsSilent || (Loss > 0 && _network.Random.NextUInt32() < Loss * uint.MaxValue))
            return;
        var to = Opposite(from);
        _network.After(Latency, () =>
        {
            if (IsUp && !IsSilent && (destination.IsMulticast || destination == to.LinkLocal))
                deliver(to);
        });
    }
}
