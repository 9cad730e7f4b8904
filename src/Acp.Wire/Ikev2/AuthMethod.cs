namespace Acp.Wire.Ikev2;

/// <summary>Authentication methods (RFC 7296 §3.8, RFC 7427 §3). The ACP uses the last only (D-21).</summary>
public enum AuthMethod : byte
{
    RsaDigitalSignature = 1,
    SharedKeyMic = 2,
    DssDigitalSignature = 3,
    EcdsaSha256P256 = 9,
    EcdsaSha384P384 = 10,
    EcdsaSha512P521 = 11,
    DigitalSignature = 14,
}
