namespace Acp.Wire;

/// <summary>
/// Octets that compare and print by value, so that the records holding them do. Wraps memory without copying it; whoever
/// hands memory in does not change it afterwards.
/// </summary>
public readonly struct ByteString(ReadOnlyMemory<byte> memory) : IEquatable<ByteString>
{
    /// <summary>The octets.</summary>
    public ReadOnlyMemory<byte> Memory { get; } = memory;

    /// <summary>The octets.</summary>
    public ReadOnlySpan<byte> Span => Memory.Span;

    public int Length => Memory.Length;

    public static implicit operator ByteString(byte[] bytes) => new(bytes);

    public static implicit operator ByteString(ReadOnlyMemory<byte> bytes) => new(bytes);

    public static implicit operator ReadOnlyMemory<byte>(ByteString bytes) => bytes.Memory;

    public static bool operator ==(ByteString left, ByteString right) => left.Equals(right);

    public static bool operator !=(ByteString left, ByteString right) => !left.Equals(right);

    public bool Equals(ByteString other) => Span.SequenceEqual(other.Span);

    public override bool Equals(object? obj) => obj is ByteString other && Equals(other);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Span);
        return hash.ToHashCode();
    }

    /// <summary>CBOR's diagnostic form, shortened after 32 octets: <c>h'820103'</c>.</summary>
    public override string ToString() => Length <= 32
        ? $"h'{Convert.ToHexStringLower(Span)}'"
        : $"h'{Convert.ToHexStringLower(Span[..32])}…'({Length})";
}
