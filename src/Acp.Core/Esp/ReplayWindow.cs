using System.Numerics;

namespace Acp.Core.Esp;

/// <summary>
/// Which of the last sequence numbers have been seen (RFC 4303 §3.4.3), as a ring of bits (the idea of RFC 6479:
/// moving the window clears whole words, nothing is shifted). Numbers are 64 bits wide; <see cref="TryExtend"/> guesses
/// the high half of an extended one (RFC 4303 Appendix A2). Not thread-safe; owned by one inbound SA.
/// </summary>
/// <remarks>Check before decrypting, mark only after the ICV was right.</remarks>
public sealed class ReplayWindow
{
    /// <summary>Enough for the reordering of a fast link with several queues.</summary>
    public const int DefaultSize = 1024;

    private readonly ulong[] _words;
    private readonly ulong _wordMask;

    /// <param name="size">How many numbers back are accepted: a multiple of 64, at least 64 (E-09).</param>
    public ReplayWindow(int size = DefaultSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 64);
        ArgumentOutOfRangeException.ThrowIfNotEqual(size % 64, 0);
        Size = size;

        // One word more than the window, so that the word being entered never holds bits still inside it.
        _words = new ulong[BitOperations.RoundUpToPowerOf2((uint)(size / 64) + 1)];
        _wordMask = (ulong)_words.Length - 1;
    }

    public int Size { get; }

    /// <summary>The highest number marked; 0 before the first.</summary>
    public ulong Top { get; private set; }

    /// <summary>
    /// The 64-bit number that a packet with these low 32 bits most likely has (RFC 4303 Appendix A2.2). False when it
    /// would lie before the first or after the last possible one.
    /// </summary>
    public bool TryExtend(uint low, out ulong sequence)
    {
        var topLow = (uint)Top;
        var topHigh = (uint)(Top >> 32);
        var bottomLow = unchecked(topLow - (uint)Size + 1);
        long high;
        if (topLow >= (uint)Size - 1)
            high = low >= bottomLow ? topHigh : topHigh + 1L; // Case A: the window lies within one subspace.
        else
            high = low >= bottomLow ? topHigh - 1L : topHigh; // Case B: it reaches back into the one before.
        sequence = unchecked((ulong)high << 32) | low;
        return high is >= 0 and <= uint.MaxValue;
    }

    /// <summary>Whether a packet with this number may be new.</summary>
    public EspDrop Check(ulong sequence)
    {
        // The first packet has number 1 (RFC 4303 §2.2); a zero has been counted too far, or is forged.
        if (sequence == 0)
            return EspDrop.Replayed;
        if (sequence > Top)
            return EspDrop.None;
        if (Top - sequence >= (ulong)Size)
            return EspDrop.TooOld;
        return (_words[(sequence >> 6) & _wordMask] >> (int)(sequence & 63) & 1) == 0 ? EspDrop.None : EspDrop.Replayed;
    }

    /// <summary>Marks a number that <see cref="Check"/> passed and whose packet is authentic.</summary>
    public void Mark(ulong sequence)
    {
        if (sequence > Top)
        {
            var fresh = Math.Min((sequence >> 6) - (Top >> 6), (ulong)_words.Length);
            for (var i = 1ul; i <= fresh; i++)
                _words[((Top >> 6) + i) & _wordMask] = 0;
            Top = sequence;
        }

        _words[(sequence >> 6) & _wordMask] |= 1ul << (int)(sequence & 63);
    }
}
