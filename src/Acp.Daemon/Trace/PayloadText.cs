using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Acp.Core.Identity;
using Acp.Daemon.Control;
using Acp.Wire;
using Acp.Wire.Ikev2;

namespace Acp.Daemon.Trace;

/// <summary>What a payload says, in words. Public values, nonces and signatures are told by their length: nobody reads their octets.</summary>
internal static class PayloadText
{
    /// <summary>Characters of anything that a peer may choose freely.</summary>
    private const int MaxText = 200;

    public static PayloadReport Of(IkePayload payload)
    {
        var (text, details) = payload switch
        {
            SaPayload sa => ($"{Count(sa.Proposals.Count, "proposal")}", sa.Proposals.Select(Proposal).ToList()),
            KePayload ke => ($"{IkeNames.Of(ke.Group)}, {Count(ke.Data.Length, "octet")}", []),
            NoncePayload nonce => (Count(nonce.Nonce.Length, "octet"), []),
            NotifyPayload notify => (Notify(notify), []),
            IdPayload id => (Identity(id.IdType, id.Data), []),
            CertPayload cert => Certificate(cert),
            CertReqPayload request => ($"encoding {(byte)request.Encoding}, {Count(request.Authorities.Length / CertReqPayload.HashSize, "trust anchor")}",
                Hashes(request)),
            AuthPayload auth => (Authentication(auth), []),
            DeletePayload { Protocol: ProtocolId.Ike } => ("the IKE SA itself", []),
            DeletePayload delete => ($"{IkeNames.Of(delete.Protocol)} {string.Join(", ", delete.Spis.Take(16).Select(Spi))}", []),
            TsPayload ts => (string.Join(", ", ts.Selectors.Take(8).Select(Selector)), []),
            VendorIdPayload vendor => ($"{Printable(vendor.VendorId.Span)}", []),
            OpaquePayload opaque => ($"not read, {Count(opaque.Body.Length, "octet")}{(opaque.Critical ? ", critical" : "")}", []),
            _ => ("", new List<string>()),
        };
        return new PayloadReport(IkeNames.Of(payload.Type), Shorten(text), details);
    }

    private static string Proposal(Proposal proposal)
    {
        var transforms = proposal.Transforms.GroupBy(t => t.Type)
            .Select(g => string.Join(" | ", g.Take(32).Select(t => IkeNames.Of(t) + (t.HasUnknownAttribute ? " (unknown attribute)" : ""))));
        return $"#{proposal.Number} {IkeNames.Of(proposal.Protocol)}{(proposal.Spi.IsEmpty ? "" : " SPI " + Hex(proposal.Spi.Span))}: {string.Join(", ", transforms)}";
    }

    private static string Notify(NotifyPayload notify)
    {
        var data = notify.Data.Span;
        var about = notify.Protocol == ProtocolId.None ? "" : $" for {IkeNames.Of(notify.Protocol)}{(notify.Spi.IsEmpty ? "" : " SPI " + Hex(notify.Spi.Span))}";
        var says = notify.Notify switch
        {
            NotifyType.InvalidKePayload when data.Length == 2 => $": wants {IkeNames.Of((DhGroup)BinaryPrimitives.ReadUInt16BigEndian(data))}",
            NotifyType.SignatureHashAlgorithms => ": " + string.Join(", ", Hashes(data)),
            NotifyType.UnsupportedCriticalPayload when data.Length == 1 => $": payload {data[0]}",
            _ when data.IsEmpty => "",
            _ => $", {Count(data.Length, "octet")}",
        };
        return $"{IkeNames.Of(notify.Notify)}{about}{says}";
    }

    private static List<string> Hashes(ReadOnlySpan<byte> data)
    {
        var hashes = new List<string>();
        for (; data.Length >= 2 && hashes.Count < 16; data = data[2..])
            hashes.Add(IkeNames.Of((SignatureHash)BinaryPrimitives.ReadUInt16BigEndian(data)));
        return hashes;
    }

    private static List<string> Hashes(CertReqPayload request) =>
        [.. request.Authorities.ToArray().Chunk(CertReqPayload.HashSize).Take(16).Select(hash => $"key {Hex(hash)}")];

    private static string Identity(IdType type, ReadOnlyMemory<byte> data)
    {
        var says = type switch
        {
            IdType.Ipv6Address when data.Length == Ipv6Address.Size => Ipv6Address.Read(data.Span).ToString(),
            IdType.Ipv4Address when data.Length == 4 => new IPAddress(data.Span).ToString(),
            IdType.DerAsn1Dn when Dn(data.Span) is { } name => name,
            _ => Printable(data.Span),
        };
        return $"{IkeNames.Of(type)} {says}";
    }

    private static string? Dn(ReadOnlySpan<byte> der)
    {
        try
        {
            return new X500DistinguishedName(der).Name;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static (string Text, List<string> Details) Certificate(CertPayload payload)
    {
        if (payload.Encoding != CertificateEncoding.X509Signature)
            return ($"encoding {(byte)payload.Encoding}, {Count(payload.Data.Length, "octet")}", []);
        if (payload.Data.Length > DomainMembershipCheck.MaxCertificateLength
            || !DomainMembershipCheck.TryLoad(payload.Data.Span, out var certificate))
            return ($"not a readable certificate, {Count(payload.Data.Length, "octet")}", []);
        using (certificate)
        {
            return ($"{certificate.Subject}, {Count(payload.Data.Length, "octet")}",
            [
                $"issuer {Shorten(certificate.Issuer)}, serial {certificate.SerialNumber.ToLowerInvariant()}",
                string.Create(CultureInfo.InvariantCulture, $"valid {certificate.NotBefore.ToUniversalTime():u} to {certificate.NotAfter.ToUniversalTime():u}"),
                .. AcpNodeNameExtension.TryRead(certificate, out var name, out _) ? [$"AcpNodeName {Shorten(name.ToString())}"] : Array.Empty<string>(),
            ]);
        }
    }

    private static string Authentication(AuthPayload auth)
    {
        if (auth.Method != AuthMethod.DigitalSignature || !SignatureAuthData.TryDecode(auth.Data, out var data))
            return $"{IkeNames.Of(auth.Method)}, {Count(auth.Data.Length, "octet")}";
        var algorithm = SignatureAlgorithm.TryDecode(data.AlgorithmIdentifier, out var known)
            ? $"{known.Scheme} with {known.Hash}"
            : $"AlgorithmIdentifier {Hex(data.AlgorithmIdentifier.Span)}";
        return $"{IkeNames.Of(auth.Method)}, {algorithm}, {Count(data.Signature.Length, "octet")}";
    }

    private static string Selector(TrafficSelector selector)
    {
        if (selector.Type is not (TrafficSelectorType.Ipv4AddressRange or TrafficSelectorType.Ipv6AddressRange))
            return $"type {(byte)selector.Type}";
        var range = selector.Type == TrafficSelectorType.Ipv6AddressRange
            ? (selector.StartAddress, selector.EndAddress) == (TrafficSelector.AnyIpv6.StartAddress, TrafficSelector.AnyIpv6.EndAddress)
                ? "::/0"
                : $"{selector.StartAddress} to {selector.EndAddress}"
            : $"{Ipv4(selector.StartAddress)} to {Ipv4(selector.EndAddress)}";
        var protocol = selector.Protocol == 0 ? "" : $" protocol {selector.Protocol}";
        var ports = (selector.StartPort, selector.EndPort) == (0, ushort.MaxValue) ? "" : $" ports {selector.StartPort} to {selector.EndPort}";
        return range + protocol + ports;
    }

    private static string Ipv4(Ipv6Address address)
    {
        Span<byte> octets = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(octets, (uint)address.Low);
        return new IPAddress(octets).ToString();
    }

    private static string Spi(uint spi) => spi.ToString("x8", CultureInfo.InvariantCulture);

    private static string Hex(ReadOnlySpan<byte> octets) => Convert.ToHexStringLower(octets[..Math.Min(64, octets.Length)]);

    private static string Count(int n, string what) => string.Create(CultureInfo.InvariantCulture, $"{n} {what}{(n == 1 ? "" : "s")}");

    private static string Printable(ReadOnlySpan<byte> octets)
    {
        octets = octets[..Math.Min(MaxText / 2, octets.Length)];
        return octets.IndexOfAnyExceptInRange((byte)0x20, (byte)0x7e) < 0 ? Encoding.ASCII.GetString(octets) : Hex(octets);
    }

    private static string Shorten(string text) => text.Length <= MaxText ? text : text[..MaxText] + "…";
}
