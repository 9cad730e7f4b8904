using Acp.Core.Node;

namespace Acp.Linux.Namespaces;

/// <summary>
/// A node's three namespaces: the one it was started in, <c>abutment</c> (underlay links, IKE, ESP) and <c>acp</c>
/// (channels, RPL, GRASP). Instances other than the default add their name: <c>acp-blue</c>. Those that a predecessor
/// left are adopted with all that is in them.
/// </summary>
public sealed class NodeNamespaces : IDisposable
{
    private NodeNamespaces(string instance, NetworkNamespace host, NetworkNamespace abutment, NetworkNamespace acp)
    {
        Instance = instance;
        Host = host;
        Abutment = abutment;
        Acp = acp;
    }

    public string Instance { get; }

    public NetworkNamespace Host { get; }

    public NetworkNamespace Abutment { get; }

    public NetworkNamespace Acp { get; }

    /// <summary>The name under <see cref="NetworkNamespace.Directory"/>, for <c>ip netns</c>.</summary>
    public static string AbutmentName(string instance) => NameOf("abutment", instance);

    /// <summary>Likewise.</summary>
    public static string AcpName(string instance) => NameOf("acp", instance);

    /// <summary>Makes or adopts both, with their settings, the current thread's namespace being the host's (F-02).</summary>
    public static NodeNamespaces CreateOrAdopt(string instance) => CreateOrAdopt(instance, NetworkNamespace.OpenCurrent());

    /// <param name="host">Taken over, and disposed with this object.</param>
    public static NodeNamespaces CreateOrAdopt(string instance, NetworkNamespace host)
    {
        var abutment = NetworkNamespace.CreateOrAdopt(AbutmentName(instance));
        var acp = NetworkNamespace.CreateOrAdopt(AcpName(instance));
        NamespaceSettings.ApplyToAbutment(abutment);
        NamespaceSettings.ApplyToAcp(acp);
        return new NodeNamespaces(instance, host, abutment, acp);
    }

    /// <summary>Takes the names of an instance away, running or not. The namespaces follow when nobody uses them.</summary>
    public static void DeleteNames(string instance)
    {
        NetworkNamespace.Delete(AbutmentName(instance));
        NetworkNamespace.Delete(AcpName(instance));
    }

    public void Dispose()
    {
        Host.Dispose();
        Abutment.Dispose();
        Acp.Dispose();
    }

    private static string NameOf(string which, string instance) =>
        instance == InterfaceNames.DefaultInstance ? which : $"{which}-{instance}";
}
