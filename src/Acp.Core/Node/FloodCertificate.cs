using System.Security.Cryptography;
using Acp.Wire;

namespace Acp.Core.Node;

/// <summary>A member's certificate, ready to verify its floods with. Owns the key.</summary>
/// <param name="Chain">DER, leaf first, to judge it again when more is known of revocation.</param>
/// <param name="Prefix">The addresses that are its node's; null when the certificate names none.</param>
/// <param name="NotBefore">The latest beginning in the path.</param>
/// <param name="NotAfter">The earliest end.</param>
internal sealed record FloodCertificate(
    ByteString KeyId, IReadOnlyList<ReadOnlyMemory<byte>> Chain, string Name, Ipv6Prefix? Prefix, AsymmetricAlgorithm Key,
    DateTimeOffset NotBefore, DateTimeOffset NotAfter) : IDisposable
{
    public void Dispose() => Key.Dispose();
}
