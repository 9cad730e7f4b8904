namespace Acp.Wire.Ikev2;

/// <summary>
/// Transform types (RFC 7296 §3.3.2, RFC 9370 §2.2.1). A proposal with one of the additional key exchanges is passed over, as RFC 7296
/// §3.3.6 wants of types that one cannot do: their exchanges (IKE_INTERMEDIATE, RFC 9242) are not built.
/// </summary>
public enum TransformType : byte
{
    Encryption = 1,
    Prf = 2,
    Integrity = 3,
    KeyExchange = 4,
    ExtendedSequenceNumbers = 5,
    AdditionalKeyExchange1 = 6,
    AdditionalKeyExchange2 = 7,
    AdditionalKeyExchange3 = 8,
    AdditionalKeyExchange4 = 9,
    AdditionalKeyExchange5 = 10,
    AdditionalKeyExchange6 = 11,
    AdditionalKeyExchange7 = 12,
}
