namespace Acp.Linux.DataPlane;

/// <summary>One ESP socket (of a link, or of the host's network), its pump, and the SAs that the pump may use. The loop's alone.</summary>
internal sealed class UserspaceLink(EspSocket socket, InboundPump pump) : IDisposable
{
    public EspSocket Socket { get; } = socket;

    public InboundPump Pump { get; } = pump;

    /// <summary>Channels and SAs that use it.</summary>
    public int Users { get; set; }

    /// <summary>By inbound SPI. Replaced, never changed: the pump reads it.</summary>
    public Dictionary<uint, InboundSa> Receiving { get; private set; } = [];

    /// <summary>Publishes a table that differs by what <paramref name="change"/> does to a copy.</summary>
    public void Publish(Action<Dictionary<uint, InboundSa>> change)
    {
        var table = new Dictionary<uint, InboundSa>(Receiving);
        change(table);
        Receiving = table;
        Pump.Use(table);
    }

    public void Dispose()
    {
        Pump.Dispose();
        Socket.Dispose();
    }
}
