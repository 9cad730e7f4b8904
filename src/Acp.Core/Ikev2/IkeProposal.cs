using Acp.Wire.Ikev2;

namespace Acp.Core.Ikev2;

/// <summary>
/// One proposal for an IKE SA as we offer and accept it: every combination of its lists, most wanted first. AEAD and
/// other ciphers stand in separate proposals (RFC 7296 §3.3; D-13). Integrity is empty for an AEAD.
/// </summary>
public sealed record IkeProposal(
    IReadOnlyList<(EncryptionAlgorithm Algorithm, ushort KeyBits)> Encryption,
    IReadOnlyList<IntegrityAlgorithm> Integrity,
    IReadOnlyList<PrfAlgorithm> Prf,
    IReadOnlyList<DhGroup> Groups);
