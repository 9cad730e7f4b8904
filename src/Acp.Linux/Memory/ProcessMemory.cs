using Acp.Linux.Interop;

namespace Acp.Linux.Memory;

/// <summary>What a long-lived process holds of a small box's memory without using it.</summary>
public static class ProcessMemory
{
    /// <summary>
    /// Gives it back: objects that died, free blocks of the C library's heap, pages of the program's file. Some
    /// milliseconds; meant for moments when a phase of much work is over, such as the start.
    /// </summary>
    public static void GiveBack()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive);
        _ = LibC.malloc_trim(0);
        FilePages.Release();
    }
}
