using System.Runtime.InteropServices;

namespace Acp.Linux.Netlink;

/// <summary>The kernel refused a netlink request. The message says what was attempted and the kernel's own reason.</summary>
public sealed class NetlinkException : Exception
{
    /// <param name="text">The extended acknowledgement's text, or empty.</param>
    public NetlinkException(int errno, string text, string attempted)
        : base($"{attempted}: {Marshal.GetPInvokeErrorMessage(errno)} (errno {errno}){(text.Length == 0 ? "" : $"; the kernel says: {text}")}")
    {
        Errno = errno;
        KernelText = text;
        Attempted = attempted;
    }

    /// <summary>The positive errno, see <see cref="Interop.Errno"/>.</summary>
    public int Errno { get; }

    public string KernelText { get; }

    public string Attempted { get; }
}
