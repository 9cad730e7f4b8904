using System.Runtime.InteropServices;

namespace Acp.Linux.Interop;

/// <summary>An <c>EVP_PKEY</c>. OpenSSL wipes the private part when it frees it.</summary>
internal sealed class EvpPkeyHandle : SafeHandle
{
    public EvpPkeyHandle()
        : base(0, ownsHandle: true)
    {
    }

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        LibCrypto.EVP_PKEY_free(handle);
        return true;
    }
}
