using System.Security.Cryptography;
using Acp.Core.Grasp;
using Acp.Core.Identity;
using Acp.Core.Time;
using Acp.Wire;
using Acp.Wire.Cose;

namespace Acp.Core.Node;

/// <summary>
/// Signs floods with the key of our ACP certificate. The draft signs no time, so that whoever recorded a flood could say it
/// again for ever: we put iat and exp into the protected header (CWT Claims, RFC 9597), which other verifiers may pass over.
/// </summary>
/// <param name="own">Kept by reference, not owned.</param>
public sealed class FloodSigner(NodeIdentity own) : IFloodSigner
{
    private readonly CoseAlgorithm _algorithm = FloodKeys.AlgorithmOf(own.Key.Scheme, own.Key.KeySize);
    private WallClock _clock;

    public ByteString KeyId { get; } = SHA256.HashData(own.Certificate.RawDataMemory.Span);

    public ValueList<ByteString> Certificates { get; } =
        own.CertificatePayloads(withTrustAnchors: false).Select(c => new ByteString(c)).ToValueList();

    public void SetWallClock(WallClock clock) => _clock = clock;

    public ByteString? Sign(Instant now, ReadOnlySpan<byte> payload, TimeSpan ttl)
    {
        if (_algorithm == CoseAlgorithm.None)
            return null;
        var date = _clock.DateAt(now);
        var message = CoseSign1.Create(new CoseHeader
        {
            Algorithm = (long)_algorithm,
            KeyId = KeyId,
            IssuedAt = date?.ToUnixTimeSeconds(),
            // Whole seconds, and never before the ttl is over.
            ExpiresAt = ttl > TimeSpan.Zero ? (date + ttl)?.ToUnixTimeSeconds() + 1 : null,
        });
        var signature = own.Key.Sign(message.ToBeSigned(payload), FloodKeys.HashOf(_algorithm));
        if (own.Key.Scheme == SignatureScheme.Ecdsa)
            signature = FloodKeys.FromDer(signature, own.Key.KeySize);
        return (message with { Signature = signature }).Encode();
    }
}
