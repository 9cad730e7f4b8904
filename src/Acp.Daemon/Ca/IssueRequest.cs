using Acp.Core.Identity;

namespace Acp.Daemon.Ca;

/// <summary>One certificate to be issued. The defaults make an ordinary ACP node.</summary>
public sealed record IssueRequest
{
    /// <summary>Where the node's state directory is made.</summary>
    public required string Directory { get; init; }

    /// <summary>Subject CN, at most 64 characters; derived from the address when null.</summary>
    public string? Name { get; init; }

    /// <summary>Subject serialNumber, from the IDevID .</summary>
    public string? SerialNumber { get; init; }

    public KeyAlgorithm Algorithm { get; init; } = KeyAlgorithm.EcdsaP256;

    /// <summary>Empty for none.</summary>
    public string Rsub { get; init; } = "";

    public AcpAddressField Address { get; init; } = AcpAddressField.Present;

    /// <summary>Zone unless policy says otherwise (F-29).</summary>
    public AcpAddressScheme Scheme { get; init; } = AcpAddressScheme.Zone;

    /// <summary>Keep this acp-node-name instead of making one: renewal (F-31, F-32).</summary>
    public AcpNodeName? Keep { get; init; }

    /// <summary>Null: an hour ago, or a day before <see cref="NotAfter"/> if that is in the past.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>May lie in the past, for tests. Null: a year from now; never later than the issuer's.</summary>
    public DateTimeOffset? NotAfter { get; init; }
}
