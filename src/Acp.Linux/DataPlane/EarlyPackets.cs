using Acp.Core.Time;
using Acp.Wire;

namespace Acp.Linux.DataPlane;

/// <summary>
/// ESP packets whose SPI nobody has installed yet, kept for a moment. Who answers CREATE_CHILD_SA may send on the new SA at
/// once (RFC 7296 §2.8), and Libreswan does: its packets overtake the answer, whose keys are still being worked out here.
/// The newest few are kept and the oldest make room, so that noise costs no more than that. Owned by one pump.
/// </summary>
internal sealed class EarlyPackets(int slotSize)
{
    /// <summary>At most so many packets.</summary>
    public const int Capacity = 64;

    /// <summary>Longer ago than this, and what it was part of has dealt with its loss.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Entry[] _entries = new Entry[Capacity];
    private byte[] _octets = [];
    private int _next;

    /// <summary>There may be something to take.</summary>
    public bool Any { get; private set; }

    /// <summary>Keeps a copy.</summary>
    public void Keep(Instant now, uint spi, Ipv6Address source, Ipv6Address destination, ushort port, ReadOnlySpan<byte> packet)
    {
        // Most pumps never need it.
        if (_octets.Length == 0)
            _octets = new byte[Capacity * slotSize];
        packet.CopyTo(_octets.AsSpan(_next * slotSize));
        _entries[_next] = new Entry(now, spi, source, destination, port, packet.Length);
        _next = (_next + 1) % Capacity;
        Any = true;
    }

    /// <summary>Takes out the oldest that is still fresh and whose SPI is known by now.</summary>
    /// <param name="packet">Valid until the next <see cref="Keep"/>.</param>
    public bool TryTake(Instant now, Func<uint, bool> known, out Entry entry, out ReadOnlySpan<byte> packet)
    {
        var any = false;
        for (var i = 0; i < Capacity; i++)
        {
            var at = (_next + i) % Capacity;
            entry = _entries[at];
            if (entry.Length == 0)
                continue;
            if (now - entry.At > Patience)
            {
                _entries[at] = default;
                continue;
            }

            any = true;
            if (!known(entry.Spi))
                continue;
            packet = _octets.AsSpan(at * slotSize, entry.Length);
            _entries[at] = default;
            return true;
        }

        Any = any;
        entry = default;
        packet = default;
        return false;
    }

    /// <param name="Length">Octets from the SPI on; 0 for nothing.</param>
    /// <param name="Port">In network order.</param>
    public readonly record struct Entry(Instant At, uint Spi, Ipv6Address Source, Ipv6Address Destination, ushort Port, int Length);
}
