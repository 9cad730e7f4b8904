using System.Buffers.Binary;
using System.Security.Cryptography;
using Acp.Core.Time;

namespace Acp.Core.Ikev2;

/// <summary>
/// Stateless cookies (RFC 7296 §2.6): one octet secret version, then HMAC-SHA-256(secret, Ni | address | link | port | SPIi).
/// The secret changes every minute and the last one stays valid.
/// </summary>
public sealed class CookieJar(RandomSource random)
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    private byte[] _current = random.Bytes(32);
    private byte[]? _previous;
    private byte _version;
    private Instant? _since;

    public byte[] Make(Instant now, IkePath path, ulong initiatorSpi, ReadOnlySpan<byte> nonce)
    {
        Turn(now);
        return Compute(_version, _current, path, initiatorSpi, nonce);
    }

    public bool IsValid(Instant now, ReadOnlySpan<byte> cookie, IkePath path, ulong initiatorSpi, ReadOnlySpan<byte> nonce)
    {
        Turn(now);
        if (cookie.Length != 33)
            return false;
        var secret = cookie[0] == _version ? _current : cookie[0] == (byte)(_version - 1) ? _previous : null;
        return secret is not null
               && CryptographicOperations.FixedTimeEquals(Compute(cookie[0], secret, path, initiatorSpi, nonce), cookie);
    }

    private static byte[] Compute(byte version, byte[] secret, IkePath path, ulong initiatorSpi, ReadOnlySpan<byte> nonce)
    {
        var input = new byte[16 + 4 + 2 + 8 + nonce.Length];
        path.Remote.Write(input);
        BinaryPrimitives.WriteInt32BigEndian(input.AsSpan(16), path.Link.Value);
        BinaryPrimitives.WriteUInt16BigEndian(input.AsSpan(20), path.RemotePort);
        BinaryPrimitives.WriteUInt64BigEndian(input.AsSpan(22), initiatorSpi);
        nonce.CopyTo(input.AsSpan(30));
        var cookie = new byte[33];
        cookie[0] = version;
        HMACSHA256.HashData(secret, input, cookie.AsSpan(1));
        return cookie;
    }

    private void Turn(Instant now)
    {
        _since ??= now;
        if (now - _since < Period)
            return;
        // After two periods of rest the previous secret is too old as well.
        _previous = now - _since < 2 * Period ? _current : null;
        _current = random.Bytes(32);
        _version++;
        _since = now;
    }
}
