using System.Buffers.Binary;

namespace Acp.Core;

/// <summary>A reproducible source for tests and simulation (SplitMix64). Never for keys on a real box.</summary>
public sealed class SeededRandom(ulong seed) : RandomSource
{
    private ulong _state = seed;

    public override void Fill(Span<byte> destination)
    {
        Span<byte> word = stackalloc byte[8];
        while (destination.Length > 0)
        {
            _state += 0x9e3779b97f4a7c15;
            var z = _state;
            z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
            z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
            BinaryPrimitives.WriteUInt64LittleEndian(word, z ^ (z >> 31));
            var n = Math.Min(8, destination.Length);
            word[..n].CopyTo(destination);
            destination = destination[n..];
        }
    }
}
