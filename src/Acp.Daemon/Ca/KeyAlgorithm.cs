namespace Acp.Daemon.Ca;

/// <summary>Keys that the CA makes.</summary>
public enum KeyAlgorithm
{
    EcdsaP256,
    EcdsaP384,
    Rsa2048,
}
