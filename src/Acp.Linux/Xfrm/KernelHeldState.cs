using Acp.Core;
using Acp.Wire.Netlink;

namespace Acp.Linux.Xfrm;

/// <summary>An outbound state that the kernel does not have yet, with its key, which it owns.</summary>
internal sealed record KernelHeldState(XfrmStateMessage State, string Algorithm, SecretBytes Key) : IDisposable
{
    public void Dispose() => Key.Dispose();
}
