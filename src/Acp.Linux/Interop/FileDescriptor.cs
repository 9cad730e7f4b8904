using Microsoft.Win32.SafeHandles;

namespace Acp.Linux.Interop;

/// <summary>Owns one file descriptor and closes it once.</summary>
public sealed class FileDescriptor : SafeHandleMinusOneIsInvalid
{
    /// <summary>Takes over <paramref name="fd"/>, which must be open.</summary>
    public FileDescriptor(int fd)
        : base(ownsHandle: true) => SetHandle(fd);

    /// <summary>The number, for system calls. Throws after disposal, so that no reused number is ever written to.</summary>
    public int Value
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsClosed, this);
            return (int)handle;
        }
    }

    public override string ToString() => IsClosed ? "fd (closed)" : $"fd {(int)handle}";

    protected override bool ReleaseHandle() => LibC.close((int)handle) == 0;
}
