using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Acp.Core;
using Acp.Core.Identity;
using Acp.Wire;

namespace Acp.Tests.Identities;

/// <summary>A-10 … A-15: the acp-node-name as text and in certificates.</summary>
public class AcpNodeNameTests
{
    private const string Example = "fd89b714f3db00000200000064000000+area51.research@acp.example.com";

    [Fact]
    public void A15_the_example_of_rfc8994()
    {
        Assert.True(AcpNodeName.TryParse(Example, out var name, out var refusal));
        Assert.Equal(AcpNodeNameRefusal.None, refusal);
        Assert.Equal(Ipv6Address.Parse("fd89:b714:f3db:0:200:0:6400:0"), name.Address);
        Assert.Equal("area51.research", name.Rsub);
        Assert.Equal("acp.example.com", name.Domain);
        Assert.Equal("area51.research.acp.example.com", name.RoutingSubdomain);
        Assert.Equal(Example, name.ToString());
    }

    [Theory]
    [InlineData("0@d", AcpAddressField.Zero, "", 0, "d")]
    [InlineData("@d", AcpAddressField.Omitted, "", 0, "d")]
    [InlineData("0+@d", AcpAddressField.Zero, "", 0, "d")]
    [InlineData("+r@d", AcpAddressField.Omitted, "r", 0, "d")]
    [InlineData("++ext@d", AcpAddressField.Omitted, "", 1, "d")]
    [InlineData("0++a+b!#$%&'*-/=?^_`{|}~@d", AcpAddressField.Zero, "", 2, "d")]
    [InlineData("0+r.s-1+x@D.e", AcpAddressField.Zero, "r.s-1", 1, "D.e")]
    public void A12_A14_forms_that_are_valid(string text, AcpAddressField field, string rsub, int extensions, string domain)
    {
        Assert.True(AcpNodeName.TryParse(text, out var name, out _));
        Assert.Equal((field, rsub, extensions, domain), (name.AddressField, name.Rsub, name.Extensions.Count, name.Domain));
        Assert.Null(name.Address);
        Assert.Equal(text == "0+@d" ? "0@d" : text, name.ToString());
    }

    [Theory]
    [InlineData("", AcpNodeNameRefusal.BadLength)]
    [InlineData("0", AcpNodeNameRefusal.BadAt)]
    [InlineData("0@d@e", AcpNodeNameRefusal.BadAt)]
    [InlineData("0@", AcpNodeNameRefusal.BadDomain)]
    [InlineData("0@ ", AcpNodeNameRefusal.BadDomain)]
    [InlineData("0@d.", AcpNodeNameRefusal.BadDomain)]
    [InlineData("0@.d", AcpNodeNameRefusal.BadDomain)]
    [InlineData("0@1d", AcpNodeNameRefusal.BadDomain)]
    [InlineData("0@d-", AcpNodeNameRefusal.BadDomain)]
    [InlineData("0@d_e", AcpNodeNameRefusal.BadDomain)]
    [InlineData("0@dömäin", AcpNodeNameRefusal.BadDomain)]
    [InlineData("1@d", AcpNodeNameRefusal.BadAddress)]
    [InlineData("00@d", AcpNodeNameRefusal.BadAddress)]
    [InlineData("fd89b714f3db0000020000006400000@d", AcpNodeNameRefusal.BadAddress)]
    [InlineData("fd89b714f3db000002000000640000000@d", AcpNodeNameRefusal.BadAddress)]
    [InlineData("fd89b714f3db0000020000006400000g@d", AcpNodeNameRefusal.BadAddress)]
    [InlineData(" d89b714f3db00000200000064000000@d", AcpNodeNameRefusal.BadAddress)]
    [InlineData("fd89:b714:f3db:0:200:0:6400:0000@d", AcpNodeNameRefusal.BadAddress)]
    [InlineData("rfc8994@d", AcpNodeNameRefusal.BadAddress)]
    [InlineData("0+r..s@d", AcpNodeNameRefusal.BadRsub)]
    [InlineData("0+-r@d", AcpNodeNameRefusal.BadRsub)]
    [InlineData("0+r+@d", AcpNodeNameRefusal.BadExtension)]
    [InlineData("0+++@d", AcpNodeNameRefusal.BadExtension)]
    [InlineData("0+r+a.b@d", AcpNodeNameRefusal.BadExtension)]
    [InlineData("0+r+a b@d", AcpNodeNameRefusal.BadExtension)]
    public void A12_A15_forms_that_are_not(string text, AcpNodeNameRefusal expected)
    {
        Assert.False(AcpNodeName.TryParse(text, out var name, out var refusal));
        Assert.Null(name);
        Assert.Equal(expected, refusal);
    }

    [Fact]
    public void A15_labels_and_names_have_their_length()
    {
        Assert.True(AcpNodeName.TryParse("0@" + new string('a', 63), out _, out _));
        Assert.False(AcpNodeName.TryParse("0@" + new string('a', 64), out _, out _));
        var long253 = string.Join('.', Enumerable.Repeat(new string('a', 63), 3)) + "." + new string('a', 61);
        Assert.Equal(253, long253.Length);
        Assert.True(AcpNodeName.TryParse("0@" + long253, out _, out _));
        Assert.False(AcpNodeName.TryParse("0@" + long253 + "a", out _, out _));
        Assert.False(AcpNodeName.TryParse("0++" + new string('x', AcpNodeName.MaxLength) + "@d", out _, out var refusal));
        Assert.Equal(AcpNodeNameRefusal.BadLength, refusal);
    }

    [Fact]
    public void A13_hex_is_read_in_any_case_and_written_in_lower()
    {
        Assert.True(AcpNodeName.TryParse("FD89B714f3db0000020000006400000A@d", out var upper, out _));
        Assert.True(AcpNodeName.TryParse("fd89b714f3db0000020000006400000a@d", out var lower, out _));
        Assert.Equal(lower, upper);
        Assert.StartsWith("fd89b714f3db0000020000006400000a@", upper.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A24_domains_are_compared_in_lower_case_and_rsub_is_not_compared()
    {
        AcpNodeName.TryParse("0+x@ACP.Example.COM", out var left, out _);
        AcpNodeName.TryParse("0+y@acp.example.com", out var right, out _);
        AcpNodeName.TryParse("0+y@acp.example.org", out var other, out _);
        Assert.True(left!.IsSameDomain(right!));
        Assert.False(left.IsSameDomain(other!));
    }

    [Fact]
    public void A10_encoder_equals_der_made_by_hand()
    {
        AcpNodeName.TryParse("0@d", out var name, out _);
        // GeneralNames, [0] otherName, OID 1.3.6.1.5.5.7.8.10, [0] explicit, IA5String "0@d"
        Assert.Equal("3013A01106082B0601050507080AA0051603304064", Convert.ToHexString(AcpNodeNameExtension.Create(name!).RawData));

        AcpNodeName.TryParse(Example, out name, out _);
        var expected = "3062" + "A04E" + "06082B0601050507080A" + "A042" + "1640" + Convert.ToHexString(Encoding.ASCII.GetBytes(Example))
            + "8710" + "FD89B714F3DB00000200000064000000";
        Assert.Equal(expected, Convert.ToHexString(AcpNodeNameExtension.Create(name!).RawData));
    }

    [Fact]
    public void A10_reads_what_it_writes()
    {
        AcpNodeName.TryParse(Example, out var name, out _);
        Assert.True(AcpNodeNameExtension.TryRead(With(AcpNodeNameExtension.Create(name!)), out var read, out _));
        Assert.Equal(name, read);
    }

    [Fact]
    public void A10_truncated_and_bent_extensions_are_refused_without_throwing()
    {
        AcpNodeName.TryParse(Example, out var name, out _);
        var der = AcpNodeNameExtension.Create(name!).RawData;
        var random = new SeededRandom(31);
        for (var length = 0; length < der.Length; length++)
            Assert.False(AcpNodeNameExtension.TryRead(With(San(der[..length])), out _, out _), $"length {length}");
        for (var i = 0; i < 300; i++)
        {
            var bent = der.ToArray();
            bent[random.Next(bent.Length)] = (byte)random.NextUInt32();
            AcpNodeNameExtension.TryRead(With(San(bent)), out _, out _);
        }
    }

    [Fact]
    public void A11_utf8_string_is_refused() =>
        AssertRefused(AcpNodeNameRefusal.WrongEncoding, San(OtherName(UniversalTagNumber.UTF8String, Example)));

    [Fact]
    public void A11_rfc822_name_is_refused()
    {
        AssertRefused(AcpNodeNameRefusal.WrongEncoding, San(Mail(Example)));
        AssertRefused(AcpNodeNameRefusal.WrongEncoding, San(Mail("rfcSELF+fd89b714f3db00000200000064000000+a@acp.example.com")));
        AssertRefused(AcpNodeNameRefusal.WrongEncoding, San(Mail("rfc8994+fd89b714f3db00000200000064000000+a@acp.example.com")));
        AssertRefused(AcpNodeNameRefusal.Absent, San(Mail("someone@example.com")));
    }

    [Fact]
    public void A11_subject_attribute_is_refused()
    {
        var subject = new X500DistinguishedNameBuilder();
        subject.AddCommonName(Example);
        Assert.False(AcpNodeNameExtension.TryRead(With(null, subject.Build()), out _, out var refusal));
        Assert.Equal(AcpNodeNameRefusal.WrongEncoding, refusal);
    }

    [Fact]
    public void A10_absent_twice_and_invalid()
    {
        AssertRefused(AcpNodeNameRefusal.Absent, null);
        AssertRefused(AcpNodeNameRefusal.Several,
            San(Names(w => { WriteOther(w, UniversalTagNumber.IA5String, "0@d"); WriteOther(w, UniversalTagNumber.IA5String, "0@d"); })));
        AssertRefused(AcpNodeNameRefusal.BadAddress, San(OtherName(UniversalTagNumber.IA5String, "x@d")));
        AssertRefused(AcpNodeNameRefusal.BadLength, San(OtherName(UniversalTagNumber.IA5String, "")));
    }

    private static void AssertRefused(AcpNodeNameRefusal expected, X509Extension? extension)
    {
        Assert.False(AcpNodeNameExtension.TryRead(With(extension), out var name, out var refusal));
        Assert.Null(name);
        Assert.Equal(expected, refusal);
    }

    internal static X509Extension San(byte[] der) => new("2.5.29.17", der, false);

    internal static byte[] OtherName(UniversalTagNumber type, string text) => Names(w => WriteOther(w, type, text));

    internal static byte[] Mail(string text) =>
        Names(w => w.WriteCharacterString(UniversalTagNumber.IA5String, text, new Asn1Tag(TagClass.ContextSpecific, 1)));

    private static byte[] Names(Action<AsnWriter> write)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
            write(writer);
        return writer.Encode();
    }

    private static void WriteOther(AsnWriter writer, UniversalTagNumber type, string text)
    {
        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
        {
            writer.WriteObjectIdentifier(AcpNodeNameExtension.Oid);
            using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
                writer.WriteCharacterString(type, text);
        }
    }

    private static X509Certificate2 With(X509Extension? extension, X500DistinguishedName? subject = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject ?? new X500DistinguishedName("CN=x"), key, HashAlgorithmName.SHA256);
        if (extension is not null)
            request.CertificateExtensions.Add(extension);
        return request.CreateSelfSigned(Pki.Now, Pki.Now.AddDays(1));
    }
}
