using System.Buffers.Binary;

namespace Acp.Simulation.Toy;

/// <summary>A keyed mixing function: quick, deterministic, good enough that a wrong key never fits. No cryptography.</summary>
public static class ToyHash
{
    private const ulong K0 = 0x9e3779b97f4a7c15;
    private const ulong K1 = 0xa0761d6478bd642f;
    private const ulong K2 = 0xe7037ed1a0b428db;

    public static ulong Of(ulong key, ReadOnlySpan<byte> data)
    {
        var h = Mix(key ^ K0, (ulong)data.Length ^ K2);
        for (; data.Length >= 8; data = data[8..])
            h = Mix(h ^ BinaryPrimitives.ReadUInt64LittleEndian(data), K1) + K2;
        ulong tail = 0;
        for (var i = 0; i < data.Length; i++)
            tail |= (ulong)data[i] << (8 * i);
        return Mix(h ^ tail, K1) ^ h;
    }

    public static ulong Mix(ulong a, ulong b)
    {
        var high = Math.BigMul(a, b, out var low);
        return high ^ low;
    }

    /// <summary>Fills with what follows from <paramref name="state"/> (SplitMix64).</summary>
    public static void Fill(ulong state, Span<byte> output)
    {
        Span<byte> last = stackalloc byte[8];
        while (output.Length > 0)
        {
            var word = Next(ref state);
            if (output.Length >= 8)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(output, word);
                output = output[8..];
                continue;
            }

            BinaryPrimitives.WriteUInt64LittleEndian(last, word);
            last[..output.Length].CopyTo(output);
            return;
        }
    }

    public static ulong Next(ref ulong state)
    {
        state += K0;
        var z = state;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }
}
