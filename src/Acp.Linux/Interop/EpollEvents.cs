using System.Runtime.InteropServices;

namespace Acp.Linux.Interop;

/// <summary>
/// An array of struct epoll_event. The kernel packs that struct on x86-64 (12 octets) and nowhere else (16), so it
/// cannot be one C# struct; both layouts begin with the 32-bit event mask and end with the 64-bit data. Not
/// thread-safe; owned by one loop.
/// </summary>
public sealed unsafe class EpollEvents(int capacity)
{
    private static readonly int Size = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    private static readonly int DataOffset = Size - 8;
    private readonly byte[] _buffer = GC.AllocateArray<byte>(capacity * Size, pinned: true);

    /// <summary>Adds, changes or removes <paramref name="fd"/>; <paramref name="data"/> comes back with its events.</summary>
    public static void Control(int epoll, int operation, int fd, uint events, ulong data)
    {
        var change = stackalloc byte[16];
        MemoryMarshal.Write(new Span<byte>(change, 4), events);
        MemoryMarshal.Write(new Span<byte>(change + DataOffset, 8), data);
        SystemCallException.Check(LibC.epoll_ctl(epoll, operation, fd, change), "watch a descriptor with epoll");
    }

    /// <summary>Waits; -1 is for ever. Returns how many events there are; zero on time-out or a signal.</summary>
    public int Wait(int epoll, int timeoutMilliseconds)
    {
        fixed (byte* buffer = _buffer)
        {
            var count = LibC.epoll_wait(epoll, buffer, capacity, timeoutMilliseconds);
            if (count < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR)
                return 0;
            return SystemCallException.Check(count, "wait with epoll");
        }
    }

    public uint EventsAt(int index) => MemoryMarshal.Read<uint>(_buffer.AsSpan(index * Size, 4));

    public ulong DataAt(int index) => MemoryMarshal.Read<ulong>(_buffer.AsSpan(index * Size + DataOffset, 8));
}
