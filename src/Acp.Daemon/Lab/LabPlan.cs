namespace Acp.Daemon.Lab;

/// <summary>The names and cables of one lab, made from its options alone.</summary>
public sealed class LabPlan
{
    /// <summary>Where every lab keeps its files, a directory each.</summary>
    public const string Root = "/run/acpd-lab";

    private LabPlan(string id, IReadOnlyList<LabBox> boxes, IReadOnlyList<LabCable> cables)
    {
        Id = id;
        Boxes = boxes;
        Cables = cables;
    }

    /// <summary>A few letters and digits that all names of this lab contain.</summary>
    public string Id { get; }

    public IReadOnlyList<LabBox> Boxes { get; }

    public IReadOnlyList<LabCable> Cables { get; }

    public string Directory => DirectoryOf(Id);

    /// <summary>A lab's files, gone with it.</summary>
    public static string DirectoryOf(string id) => $"{Root}/{id}";

    /// <summary>Names of its host namespaces start so; <c>ip netns</c> lists them.</summary>
    public static string NamespacePrefixOf(string id) => $"acplab-{id}-";

    /// <summary>Its daemons' instance names start so, and with that their namespaces, sockets and locks.</summary>
    public static string InstancePrefixOf(string id) => $"lab{id}-";

    public static LabPlan Make(string id, LabOptions options)
    {
        var ports = new int[options.Nodes];
        var cables = Edges(options.Topology, options.Nodes)
            .Select(e => new LabCable(e.A, $"eth{ports[e.A]++}", e.B, $"eth{ports[e.B]++}"))
            .ToList();
        var boxes = Enumerable.Range(0, options.Nodes)
            .Select(i =>
            {
                var name = $"n{i + 1}";
                var instance = InstancePrefixOf(id) + name;
                return new LabBox(
                    i,
                    name,
                    NamespacePrefixOf(id) + name,
                    new RunOptions
                    {
                        Instance = instance,
                        StateDirectory = $"{DirectoryOf(id)}/{name}/state",
                        LogFile = $"{DirectoryOf(id)}/{name}/log",
                        HostNamespace = $"/run/netns/{NamespacePrefixOf(id)}{name}",
                        DataPlane = options.DataPlane switch
                        {
                            LabDataPlane.Kernel => DataPlaneChoice.Kernel,
                            LabDataPlane.Userspace => DataPlaneChoice.Userspace,
                            LabDataPlane.Mixed => i % 2 == 0 ? DataPlaneChoice.Kernel : DataPlaneChoice.Userspace,
                            _ => DataPlaneChoice.Auto,
                        },
                    });
            })
            .ToList();
        return new LabPlan(id, boxes, cables);
    }

    /// <summary>The cables at one box, each with the box at the other end and our end's interface.</summary>
    public IEnumerable<(string Interface, int Other)> CablesOf(int box) =>
        Cables.Where(c => c.A == box).Select(c => (c.AInterface, c.B))
            .Concat(Cables.Where(c => c.B == box).Select(c => (c.BInterface, c.A)));

    private static IEnumerable<(int A, int B)> Edges(LabTopology topology, int nodes)
    {
        var all = Enumerable.Range(0, nodes);
        return topology switch
        {
            LabTopology.Line => all.Skip(1).Select(i => (i - 1, i)),
            LabTopology.Ring => all.Select(i => (i, (i + 1) % nodes)),
            LabTopology.Star => all.Skip(1).Select(i => (0, i)),
            LabTopology.Tree => all.Skip(1).Select(i => ((i + 1) / 2 - 1, i)),
            LabTopology.Mesh => all.SelectMany(a => Enumerable.Range(a + 1, nodes - a - 1).Select(b => (a, b))),
            LabTopology.Diamond => all.Skip(1).SkipLast(1).SelectMany(i => new[] { (0, i), (i, nodes - 1) }),
            _ => throw new ArgumentOutOfRangeException(nameof(topology), topology, "no such topology"),
        };
    }
}
