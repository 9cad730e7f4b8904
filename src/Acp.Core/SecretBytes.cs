using System.Security.Cryptography;

namespace Acp.Core;

/// <summary>
/// Key material. Pinned so the collector leaves no copies, wiped on <see cref="Dispose"/>, compared in constant time,
/// and never printed. The holder that is named owner in the surrounding type disposes it.
/// </summary>
public sealed class SecretBytes : IDisposable
{
    private readonly byte[] _bytes;

    public SecretBytes(int length) => _bytes = GC.AllocateArray<byte>(length, pinned: true);

    /// <summary>Copies; the caller wipes its own.</summary>
    public SecretBytes(ReadOnlySpan<byte> bytes)
        : this(bytes.Length) => bytes.CopyTo(_bytes);

    public int Length => _bytes.Length;

    public bool IsDisposed { get; private set; }

    /// <summary>The secret itself; throws <see cref="ObjectDisposedException"/> once wiped.</summary>
    public Span<byte> Span
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsDisposed, this);
            return _bytes;
        }
    }

    /// <summary>A new secret holding a slice of this one.</summary>
    public SecretBytes Slice(int start, int length) => new(Span.Slice(start, length));

    public bool FixedTimeEquals(ReadOnlySpan<byte> other) => CryptographicOperations.FixedTimeEquals(Span, other);

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_bytes);
        IsDisposed = true;
    }

    public override string ToString() => $"secret({Length} octets)";
}
