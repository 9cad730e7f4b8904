using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Acp.Core.Node;

/// <summary>Names of the interfaces acpd makes, at most 15 octets each (IFNAMSIZ less the zero).</summary>
public static class InterfaceNames
{
    /// <summary>The instance that a machine with one acpd has.</summary>
    public const string DefaultInstance = "default";

    private const int MaxLength = 15;

    /// <summary>In the abutment namespace: <c>abut_eth0</c>. A long parent name is cut and ends in a piece of its hash.</summary>
    public static string Abutment(string parent) => Fit("abut_", parent, always: false);

    /// <summary>
    /// The bridge's side of a veth pair, in the host namespace, which several instances may share. Made from the
    /// bridge's index, so that renaming the bridge leaves it alone.
    /// </summary>
    public static string BridgePort(string instance, int bridgeIndex) =>
        Fit("abut_", "p" + bridgeIndex.ToString(CultureInfo.InvariantCulture) + "/" + instance, always: true);

    /// <summary>The host's window into the ACP: <c>acp0</c>, with the instance's name where there are several.</summary>
    public static string HostWindow(string instance) =>
        instance == DefaultInstance ? "acp0" : Fit("acp0_", instance, always: false);

    private static string Fit(string prefix, string rest, bool always)
    {
        if (!always && Encoding.UTF8.GetByteCount(rest) == rest.Length && prefix.Length + rest.Length <= MaxLength)
            return prefix + rest;
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(rest)));
        var head = string.Concat(rest.Where(char.IsAsciiLetterOrDigit).Take(2));
        return (prefix + head + hash)[..MaxLength];
    }
}
