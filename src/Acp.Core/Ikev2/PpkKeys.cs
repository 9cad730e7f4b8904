namespace Acp.Core.Ikev2;

/// <summary>
/// The three keys of an IKE SA that a PPK changes (RFC 8784 §3), until it is known whether both ends use it. Owns its secrets.
/// <code>
/// SK_d  = prf+ (PPK, SK_d')
/// SK_pi = prf+ (PPK, SK_pi')
/// SK_pr = prf+ (PPK, SK_pr')
/// </code>
/// </summary>
public sealed class PpkKeys(SecretBytes skD, SecretBytes skPi, SecretBytes skPr) : IDisposable
{
    public SecretBytes SkD { get; } = skD;

    public SecretBytes SkPi { get; } = skPi;

    public SecretBytes SkPr { get; } = skPr;

    public void Dispose()
    {
        SkD.Dispose();
        SkPi.Dispose();
        SkPr.Dispose();
    }

    public override string ToString() => "keys(with PPK)";
}
