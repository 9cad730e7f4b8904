using System.Buffers.Binary;

namespace Acp.Core;

/// <summary>Randomness, handed to the machines: the operating system's generator on a box, a seeded one in tests.</summary>
public abstract class RandomSource
{
    public abstract void Fill(Span<byte> destination);

    public byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        Fill(bytes);
        return bytes;
    }

    public uint NextUInt32()
    {
        Span<byte> bytes = stackalloc byte[4];
        Fill(bytes);
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }

    public ulong NextUInt64()
    {
        Span<byte> bytes = stackalloc byte[8];
        Fill(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    /// <summary>Uniform in 0 … <paramref name="exclusive"/> − 1.</summary>
    public int Next(int exclusive)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(exclusive);
        // Lemire's multiply-shift; the bias (below 2^-32 × exclusive) is of no consequence for jitter.
        return (int)((ulong)NextUInt32() * (ulong)exclusive >> 32);
    }

    /// <summary>Uniform in [0, <paramref name="span"/>), for jitter.</summary>
    public TimeSpan NextSpan(TimeSpan span) =>
        span <= TimeSpan.Zero ? TimeSpan.Zero : new TimeSpan((long)(NextUInt64() % (ulong)span.Ticks));
}
