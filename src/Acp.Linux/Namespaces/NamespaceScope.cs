using System.Runtime.InteropServices;
using Acp.Linux.Interop;

namespace Acp.Linux.Namespaces;

/// <summary>
/// Returns the current thread to the namespace it came from. A ref struct: it cannot be kept past an await, after
/// which another thread might dispose it.
/// </summary>
public readonly ref struct NamespaceScope
{
    private readonly NetworkNamespace _home;
    private readonly bool _owns;

    internal NamespaceScope(NetworkNamespace home, bool owns = false)
    {
        _home = home;
        _owns = owns;
    }

    public void Dispose()
    {
        // A thread that cannot go home would do the rest of its work in the wrong network. Nobody can repair that.
        if (LibC.setns(_home.Fd, NamespaceCalls.CLONE_NEWNET) != 0)
            Environment.FailFast(
                $"cannot return from a network namespace: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        if (_owns)
            _home.Dispose();
    }
}
