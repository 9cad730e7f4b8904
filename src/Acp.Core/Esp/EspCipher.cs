using System.Security.Cryptography;

namespace Acp.Core.Esp;

/// <summary>
/// One AEAD key, encrypting and decrypting in place. Not thread-safe; owned by one SA. <see cref="IDisposable.Dispose"/>
/// wipes the key (E-22): the platform's cipher objects cleanse theirs when freed.
/// </summary>
internal abstract class EspCipher : IDisposable
{
    /// <param name="key">32 octets, copied.</param>
    public static EspCipher Create(EspAlgorithm algorithm, ReadOnlySpan<byte> key) => algorithm switch
    {
        EspAlgorithm.AesGcm256 => new AesGcmEspCipher(key),
        EspAlgorithm.ChaCha20Poly1305 => new ChaChaEspCipher(key),
        _ => throw new ArgumentOutOfRangeException(nameof(algorithm), algorithm, "no such ESP algorithm"),
    };

    public abstract void Seal(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associated, Span<byte> inPlace, Span<byte> icv);

    /// <summary>False when the ICV is wrong; what <paramref name="inPlace"/> holds then must not be used.</summary>
    public bool TryOpen(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associated, Span<byte> inPlace, ReadOnlySpan<byte> icv)
    {
        try
        {
            Open(nonce, associated, inPlace, icv);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            // The platform knows no other way to say so. The bytes of the network cause no exception beyond this line.
            return false;
        }
    }

    public abstract void Dispose();

    protected abstract void Open(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associated, Span<byte> inPlace, ReadOnlySpan<byte> icv);
}
