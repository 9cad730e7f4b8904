using System.Globalization;

namespace Acp.Core;

/// <summary>One link of the abutment namespace (its interface index there). A link that goes and returns gets a new one.</summary>
public readonly record struct LinkId(int Value) : IComparable<LinkId>
{
    /// <summary>
    /// The host's own network (the data plane), over which configured remote neighbours are met (RFC 8994 §8.2.1). No
    /// interface has the index 0, and to the kernel 0 says "whichever interface".
    /// </summary>
    public static readonly LinkId HostNetwork;

    public int CompareTo(LinkId other) => Value.CompareTo(other.Value);

    public override string ToString() => this == HostNetwork ? "host" : "link" + Value.ToString(CultureInfo.InvariantCulture);
}
