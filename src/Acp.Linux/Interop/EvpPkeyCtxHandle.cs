using System.Runtime.InteropServices;

namespace Acp.Linux.Interop;

/// <summary>An <c>EVP_PKEY_CTX</c>: one operation under way.</summary>
internal sealed class EvpPkeyCtxHandle : SafeHandle
{
    public EvpPkeyCtxHandle()
        : base(0, ownsHandle: true)
    {
    }

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        LibCrypto.EVP_PKEY_CTX_free(handle);
        return true;
    }
}
