namespace Acp.Daemon.Control;

/// <summary>Who this node is.</summary>
/// <param name="NodeName">The AcpNodeName, as in the certificate.</param>
/// <param name="AcpAddress">Our own ACP address.</param>
/// <param name="HostAddress">What <c>acp0</c> in the host namespace has; null before it exists.</param>
/// <param name="Prefix">The node's own prefix, as it goes into RPL.</param>
/// <param name="NotAfter">When the certificate ends.</param>
/// <param name="Sha256">The certificate's fingerprint in hex.</param>
public sealed record IdentityReport(
    string NodeName,
    string Domain,
    string AcpAddress,
    string? HostAddress,
    string Prefix,
    string Subject,
    DateTimeOffset NotAfter,
    string Sha256);
