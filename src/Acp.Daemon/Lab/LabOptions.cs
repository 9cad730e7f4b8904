namespace Acp.Daemon.Lab;

/// <summary>What <c>acpd lab run</c> can be told. To add an option: a property with its rule here, a line in LabCommand.</summary>
public sealed class LabOptions
{
    /// <summary>Boxes, 2 to 64.</summary>
    public int Nodes { get; set; } = 5;

    internal string? NodesError => Nodes is < 2 or > 64 ? "a lab has 2 to 64 nodes" : null;

    public LabTopology Topology { get; set; } = LabTopology.Line;

    internal string? TopologyError =>
        Topology == LabTopology.Ring && Nodes < 3 ? "a ring has at least 3 nodes"
        : Topology == LabTopology.Diamond && Nodes < 4 ? "a diamond has at least 4 nodes"
        // Every box holds one channel and one IKE SA per cable; beyond this it is a load test, not a lab.
        : Topology == LabTopology.Mesh && Nodes > 16 ? "a mesh has at most 16 nodes"
        : null;

    public LabDataPlane DataPlane { get; set; } = LabDataPlane.Auto;

    /// <summary>Until every pair must have reached each other, from the start of the processes.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Every box has one link-local address on all its links, which is legal, and which a data plane without a notion of
    /// links gets wrong. acpd by itself would choose different ones.
    /// </summary>
    public bool SameLinkLocal { get; set; }

    /// <summary>Print the result as one JSON object.</summary>
    public bool Json { get; set; }

    /// <summary>Leave the boxes running afterwards.</summary>
    public bool Keep { get; set; }

    /// <summary>For the daemons.</summary>
    public LogLevelChoice LogLevel { get; set; } = LogLevelChoice.Info;

    /// <summary>Passed on to the daemons as it is; null for the protocol's own timers.</summary>
    public string? Timers { get; set; }

    /// <summary>Where every daemon writes its keys for Wireshark, a directory each, named after the box. Null: nowhere.</summary>
    public string? KeyLog { get; set; }

    internal string? KeyLogError => KeyLog?.StartsWith('/') == false ? $"--key-log: '{KeyLog}' is not an absolute path" : null;

    /// <summary>Every rule that is broken; empty when all is well.</summary>
    public IReadOnlyList<string> Validate() =>
        new[] { NodesError, TopologyError, KeyLogError }.Where(e => e is not null).Select(e => e!).ToList();
}
