using Acp.Core.Esp;

namespace Acp.Linux.DataPlane;

/// <summary>What one pump counted for one channel in one direction. Written by that pump alone (in the host's network under a lock on this), read by anyone.</summary>
internal sealed class PumpCounters
{
    private readonly long[] _drops = new long[Enum.GetValues<EspDrop>().Length];
    private long _packets;
    private long _octets;

    public long Packets => Volatile.Read(ref _packets);

    public long Octets => Volatile.Read(ref _octets);

    public long this[EspDrop drop] => Volatile.Read(ref _drops[(int)drop]);

    public void Passed(int octets)
    {
        Volatile.Write(ref _packets, _packets + 1);
        Volatile.Write(ref _octets, _octets + octets);
    }

    public void Dropped(EspDrop drop) => Volatile.Write(ref _drops[(int)drop], _drops[(int)drop] + 1);
}
