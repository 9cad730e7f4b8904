using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Acp.Wire;

namespace Acp.Core.Identity;

/// <summary>
/// An acp-node-name (RFC 8994 §6.2.2). Compares by value, where the case of rsub and domain counts as it does in the text;
/// <see cref="IsSameDomain"/> is the comparison of rule 4.
/// </summary>
public sealed class AcpNodeName : IEquatable<AcpNodeName>
{
    // acp-node-name   = local-part "@" acp-domain-name
    // local-part      = [ acp-address ] [ "+" rsub extensions ]
    // acp-address     = 32HEXDIG | "0"
    // rsub            = [ <subdomain> ]
    // acp-domain-name = <domain>
    // extensions      = *( "+" extension )
    // extension       = 1*etext
    //
    // routing-subdomain = [ rsub "." ] acp-domain-name

    /// <summary>Longest text we look at, in characters.</summary>
    public const int MaxLength = 1024;

    private const int AddressDigits = 32;

    private static readonly SearchValues<char> Etext =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*-/=?^_`{|}~");

    private AcpNodeName(AcpAddressField addressField, Ipv6Address? address, string rsub, IReadOnlyList<string> extensions, string domain)
    {
        AddressField = addressField;
        Address = address;
        Rsub = rsub;
        Extensions = extensions;
        Domain = domain;
    }

    public AcpAddressField AddressField { get; }

    /// <summary>The acp-address when it is <see cref="AcpAddressField.Present"/>.</summary>
    public Ipv6Address? Address { get; }

    /// <summary>Empty when there is none.</summary>
    public string Rsub { get; }

    /// <summary>Kept and passed on, never interpreted (A-14).</summary>
    public IReadOnlyList<string> Extensions { get; }

    /// <summary>The acp-domain-name as written.</summary>
    public string Domain { get; }

    /// <summary>What the ULA prefix is derived from, as written.</summary>
    public string RoutingSubdomain => Rsub.Length == 0 ? Domain : Rsub + "." + Domain;

    /// <summary>A name with a 32HEXDIG address. Throws <see cref="FormatException"/> when a part breaks the syntax.</summary>
    public static AcpNodeName Create(Ipv6Address address, string rsub, string domain) =>
        Checked(new AcpNodeName(AcpAddressField.Present, address, rsub, [], domain));

    /// <summary>A name with "0" or no address. Throws <see cref="FormatException"/> when a part breaks the syntax.</summary>
    public static AcpNodeName CreateWithoutAddress(AcpAddressField field, string rsub, string domain)
    {
        if (field == AcpAddressField.Present)
            throw new ArgumentException("an address is needed", nameof(field));
        return Checked(new AcpNodeName(field, null, rsub, [], domain));
    }

    public static bool TryParse(string text, [NotNullWhen(true)] out AcpNodeName? name, out AcpNodeNameRefusal refusal)
    {
        name = null;
        if (text.Length is 0 or > MaxLength)
            return Refuse(AcpNodeNameRefusal.BadLength, out refusal);
        var at = text.IndexOf('@');
        if (at < 0 || text.LastIndexOf('@') != at)
            return Refuse(AcpNodeNameRefusal.BadAt, out refusal);

        var domain = text[(at + 1)..];
        if (!DomainNameSyntax.IsSubdomain(domain))
            return Refuse(AcpNodeNameRefusal.BadDomain, out refusal);

        var parts = text[..at].Split('+');
        if (!TryParseAddress(parts[0], out var field, out var address))
            return Refuse(AcpNodeNameRefusal.BadAddress, out refusal);
        var rsub = parts.Length > 1 ? parts[1] : "";
        if (rsub.Length > 0 && !DomainNameSyntax.IsSubdomain(rsub))
            return Refuse(AcpNodeNameRefusal.BadRsub, out refusal);
        var extensions = parts.Length > 2 ? parts[2..] : [];
        foreach (var extension in extensions)
        {
            if (extension.Length == 0 || extension.AsSpan().ContainsAnyExcept(Etext))
                return Refuse(AcpNodeNameRefusal.BadExtension, out refusal);
        }

        name = new AcpNodeName(field, address, rsub, extensions, domain);
        refusal = AcpNodeNameRefusal.None;
        return true;
    }

    /// <summary>Rule 4: the acp-domain-names are the same after lowercasing; rsub does not matter (A-24).</summary>
    public bool IsSameDomain(AcpNodeName other) => string.Equals(Domain, other.Domain, StringComparison.OrdinalIgnoreCase);

    public bool Equals(AcpNodeName? other) => other is not null && ToString() == other.ToString();

    public override bool Equals(object? obj) => Equals(obj as AcpNodeName);

    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    /// <summary>The acp-node-name, its address in lower case (A-13).</summary>
    public override string ToString()
    {
        var local = AddressField switch
        {
            AcpAddressField.Present => Address!.Value.Value.ToString("x32", CultureInfo.InvariantCulture),
            AcpAddressField.Zero => "0",
            _ => "",
        };
        if (Rsub.Length > 0 || Extensions.Count > 0)
            local += "+" + Rsub;
        foreach (var extension in Extensions)
            local += "+" + extension;
        return local + "@" + Domain;
    }

    private static AcpNodeName Checked(AcpNodeName name) =>
        TryParse(name.ToString(), out var parsed, out var refusal)
            ? parsed
            : throw new FormatException($"'{name}' is not an acp-node-name: {refusal}");

    private static bool TryParseAddress(string text, out AcpAddressField field, out Ipv6Address? address)
    {
        address = null;
        field = AcpAddressField.Omitted;
        if (text.Length == 0)
            return true;
        field = AcpAddressField.Zero;
        if (text == "0")
            return true;
        field = AcpAddressField.Present;
        if (text.Length != AddressDigits
            || !UInt128.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
            return false;
        address = new Ipv6Address(value);
        return true;
    }

    private static bool Refuse(AcpNodeNameRefusal reason, out AcpNodeNameRefusal refusal)
    {
        refusal = reason;
        return false;
    }
}
