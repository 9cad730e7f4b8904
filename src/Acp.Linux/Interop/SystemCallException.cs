using System.Runtime.InteropServices;

namespace Acp.Linux.Interop;

/// <summary>The operating system refused a call. The message says what was attempted and the system's reason.</summary>
public sealed class SystemCallException : Exception
{
    public SystemCallException(string attempted, int errno)
        : base($"{attempted}: {Marshal.GetPInvokeErrorMessage(errno)} (errno {errno})")
    {
        Attempted = attempted;
        Errno = errno;
    }

    /// <summary>What we wanted, in words: "mount /run/netns/acp".</summary>
    public string Attempted { get; }

    /// <summary>The errno value, see <see cref="Interop.Errno"/>.</summary>
    public int Errno { get; }

    /// <summary>Returns <paramref name="result"/>, or throws with the current errno when it is negative.</summary>
    public static int Check(int result, string attempted) =>
        result >= 0 ? result : throw new SystemCallException(attempted, Marshal.GetLastPInvokeError());

    /// <inheritdoc cref="Check(int, string)"/>
    public static nint Check(nint result, string attempted) =>
        result >= 0 ? result : throw new SystemCallException(attempted, Marshal.GetLastPInvokeError());
}
