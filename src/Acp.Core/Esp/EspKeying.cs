using System.Buffers.Binary;

namespace Acp.Core.Esp;

/// <summary>
/// Key, salt and associated data of one SA direction. KEYMAT is key then salt (RFC 4106 §8.1, RFC 7634 §2), the nonce
/// is salt then IV, the associated data is SPI and sequence number (RFC 4106 §5):
/// <code>
///  salt (4) | IV (8)                      nonce
///  SPI (4)  | sequence number (4)         associated data
///  SPI (4)  | extended sequence number (8)  the same with ESN
/// </code>
/// Not thread-safe; owned by one SA, which disposes it.
/// </summary>
internal sealed class EspKeying : IDisposable
{
    /// <summary>Key and salt.</summary>
    public const int KeyMaterialSize = KeySize + SaltSize;

    private const int KeySize = 32;
    private const int SaltSize = 4;

    private readonly SecretBytes _nonce = new(12);
    private readonly EspCipher _cipher;
    private readonly byte[] _associated;
    private readonly bool _extended;

    public EspKeying(uint spi, EspAlgorithm algorithm, bool extended, SecretBytes key)
    {
        if (key.Length != KeyMaterialSize)
            throw new ArgumentException($"ESP wants {KeyMaterialSize} octets of key and salt, not {key.Length}", nameof(key));
        _cipher = EspCipher.Create(algorithm, key.Span[..KeySize]);
        key.Span[KeySize..].CopyTo(_nonce.Span);
        _extended = extended;
        _associated = new byte[extended ? 12 : 8];
        BinaryPrimitives.WriteUInt32BigEndian(_associated, spi);
    }

    public void Seal(ulong sequence, ulong iv, Span<byte> inPlace, Span<byte> icv) =>
        _cipher.Seal(Nonce(iv), Associated(sequence), inPlace, icv);

    public bool TryOpen(ulong sequence, ulong iv, Span<byte> inPlace, ReadOnlySpan<byte> icv) =>
        _cipher.TryOpen(Nonce(iv), Associated(sequence), inPlace, icv);

    public void Dispose()
    {
        _cipher.Dispose();
        _nonce.Dispose();
    }

    private Span<byte> Nonce(ulong iv)
    {
        var nonce = _nonce.Span;
        BinaryPrimitives.WriteUInt64BigEndian(nonce[SaltSize..], iv);
        return nonce;
    }

    private byte[] Associated(ulong sequence)
    {
        if (_extended)
            BinaryPrimitives.WriteUInt64BigEndian(_associated.AsSpan(4), sequence);
        else
            BinaryPrimitives.WriteUInt32BigEndian(_associated.AsSpan(4), (uint)sequence);
        return _associated;
    }
}
