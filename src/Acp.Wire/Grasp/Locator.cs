namespace Acp.Wire.Grasp;

/// <summary>A locator option (RFC 8990 §2.9.5).</summary>
public abstract record Locator
{
    // Only the four kinds of the RFC exist.
    private protected Locator()
    {
    }

    /// <summary>The transport protocol; null where a URI names none.</summary>
    public TransportProtocol? GivenProtocol() => this switch
    {
        Ipv6Locator l => l.Protocol,
        Ipv4Locator l => l.Protocol,
        FqdnLocator l => l.Protocol,
        UriLocator l => l.Protocol,
        _ => null,
    };

    /// <summary>The port; null where a URI names none.</summary>
    public ushort? GivenPort() => this switch
    {
        Ipv6Locator l => l.Port,
        Ipv4Locator l => l.Port,
        FqdnLocator l => l.Port,
        UriLocator l => l.Port,
        _ => null,
    };

    /// <summary>As people write it: <c>[fd89::1]:7017/tcp</c>.</summary>
    public string Describe() => this switch
    {
        Ipv6Locator l => $"[{l.Address}]:{l.Port}/{Describe(l.Protocol)}",
        Ipv4Locator l => $"{l.Address >> 24}.{(l.Address >> 16) & 255}.{(l.Address >> 8) & 255}.{l.Address & 255}:{l.Port}/{Describe(l.Protocol)}",
        FqdnLocator l => $"{l.Name}:{l.Port}/{Describe(l.Protocol)}",
        UriLocator l => l.Uri,
        _ => ToString(),
    };

    private static string Describe(TransportProtocol protocol) => protocol switch
    {
        TransportProtocol.Tcp => "tcp",
        TransportProtocol.Udp => "udp",
        _ => ((int)protocol).ToString(System.Globalization.CultureInfo.InvariantCulture),
    };
}
