using Acp.Linux.Namespaces;
using Acp.Linux.Netlink;

namespace Acp.Lab.Robustness;

/// <summary>Switches between the boxes of a lab, in a namespace of their own. A box's carrier does not feel what is plugged where.</summary>
internal sealed class PatchPanel : IDisposable
{
    private readonly RunningLab _lab;
    private readonly string _name;
    private readonly NetworkNamespace _ns;
    private readonly RouteSocket _routes;

    public PatchPanel(RunningLab lab)
    {
        _lab = lab;

        // Of the lab's name, so that whoever cleans up after a dead lab finds it.
        _name = Acp.Daemon.Lab.LabPlan.NamespacePrefixOf(lab.Plan.Id) + "panel";
        _ns = NetworkNamespace.CreateOrAdopt(_name);
        _routes = new RouteSocket(_ns);
    }

    /// <summary>A new cable from a box to the panel, not plugged in here.</summary>
    /// <returns>The panel's end.</returns>
    public string Connect(int box, string name)
    {
        var end = $"b{box}{name}";
        _lab.Hosts[box].CreateVeth(name, end, _ns);
        _lab.SetLink(box, name, up: true);
        _routes.SetUp(_routes.IndexOf(end));
        return end;
    }

    /// <summary>Plugs ends into a switch.</summary>
    public void Join(string name, params IReadOnlyList<string> ends)
    {
        if (_routes.FindLink(name) is null)
            _routes.CreateLink("bridge", name);
        foreach (var end in ends)
            _routes.SetMaster(_routes.IndexOf(end), _routes.IndexOf(name));
        _routes.SetUp(_routes.IndexOf(name));
    }

    public void Leave(string end) => _routes.SetMaster(_routes.IndexOf(end), 0);

    public void Dispose()
    {
        _routes.Dispose();
        _ns.Dispose();
        NetworkNamespace.Delete(_name);
    }
}
