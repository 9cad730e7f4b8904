namespace Acp.Core;

/// <summary>
/// A secure channel protocol that a neighbour announced for itself (RFC 8994 §6.4). Names we do not support are kept for
/// diagnostics (B-17).
/// </summary>
/// <param name="Name">The method-name, byte-exact: "IKEv2", "DTLS" or another id.</param>
/// <param name="Port">UDP port, from the locator or the method's default; 0 when neither says.</param>
public sealed record ChannelMethod(string Name, ushort Port)
{
    public const string IkeV2 = "IKEv2";
    public const string Dtls = "DTLS";

    /// <summary>IKEv2 without a locator (B-22).</summary>
    public const ushort IkeV2DefaultPort = 500;

    /// <summary>
    /// Where to send IKE_SA_INIT: the well-known port if it is among the offers (B-37: anybody on the link can announce a
    /// decoy), else the first offered; null when IKEv2 is not offered.
    /// </summary>
    public static ushort? IkeV2Port(IEnumerable<ChannelMethod> methods)
    {
        ushort? first = null;
        foreach (var method in methods)
        {
            if (method.Name != IkeV2 || method.Port == 0)
                continue;
            if (method.Port == IkeV2DefaultPort)
                return IkeV2DefaultPort;
            first ??= method.Port;
        }
        return first;
    }

    public override string ToString() => Port == 0 ? Name : $"{Name}:{Port}";
}
