namespace Acp.Core;

/// <summary>How a child SA protects packets (RFC 8994 §6.8.3.1.1). Only 256-bit AEADs exist here.</summary>
public enum EspAlgorithm
{
    /// <summary>ENCR_AES_GCM_16 with a 256-bit key: 32 octets key and 4 octets salt (RFC 4106).</summary>
    AesGcm256,

    /// <summary>ENCR_CHACHA20_POLY1305: 32 octets key and 4 octets salt (RFC 7634).</summary>
    ChaCha20Poly1305,
}
