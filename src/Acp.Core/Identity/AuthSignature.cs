namespace Acp.Core.Identity;

/// <summary>The two halves of AUTH data for method 14 (RFC 7427 §3), without the length octet between them.</summary>
/// <param name="AlgorithmIdentifier">DER.</param>
public sealed record AuthSignature(byte[] AlgorithmIdentifier, byte[] Signature);
