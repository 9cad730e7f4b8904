using Acp.Core;
using Acp.Wire.Cbor;

namespace Acp.Tests.CborRoom;

/// <summary>Diagnostic notation (RFC 8949 §8).</summary>
public class CborDiagnosticTests
{
    /// <summary>RFC 8949 Appendix A, whole: encoded, diagnostic.</summary>
    public static readonly TheoryData<string, string> AppendixA = new()
    {
        { "00", "0" },
        { "01", "1" },
        { "0a", "10" },
        { "17", "23" },
        { "1818", "24" },
        { "1819", "25" },
        { "1864", "100" },
        { "1903e8", "1000" },
        { "1a000f4240", "1000000" },
        { "1b000000e8d4a51000", "1000000000000" },
        { "1bffffffffffffffff", "18446744073709551615" },
        { "c249010000000000000000", "18446744073709551616" },
        { "3bffffffffffffffff", "-18446744073709551616" },
        { "c349010000000000000000", "-18446744073709551617" },
        { "20", "-1" },
        { "29", "-10" },
        { "3863", "-100" },
        { "3903e7", "-1000" },
        { "f90000", "0.0" },
        { "f98000", "-0.0" },
        { "f93c00", "1.0" },
        { "fb3ff199999999999a", "1.1" },
        { "f93e00", "1.5" },
        { "f97bff", "65504.0" },
        { "fa47c35000", "100000.0" },
        { "fa7f7fffff", "3.4028234663852886e+38" },
        { "fb7e37e43c8800759c", "1.0e+300" },
        { "f90001", "5.960464477539063e-8" },
        { "f90400", "0.00006103515625" },
        { "f9c400", "-4.0" },
        { "fbc010666666666666", "-4.1" },
        { "f97c00", "Infinity" },
        { "f97e00", "NaN" },
        { "f9fc00", "-Infinity" },
        { "f4", "false" },
        { "f5", "true" },
        { "f6", "null" },
        { "f7", "undefined" },
        { "f0", "simple(16)" },
        { "f8ff", "simple(255)" },
        { "c074323031332d30332d32315432303a30343a30305a", "0(\"2013-03-21T20:04:00Z\")" },
        { "c11a514b67b0", "1(1363896240)" },
        { "c1fb41d452d9ec200000", "1(1363896240.5)" },
        { "d74401020304", "23(h'01020304')" },
        { "d818456449455446", "24(h'6449455446')" },
        { "d82076687474703a2f2f7777772e6578616d706c652e636f6d", "32(\"http://www.example.com\")" },
        { "40", "h''" },
        { "4401020304", "h'01020304'" },
        { "60", "\"\"" },
        { "6161", "\"a\"" },
        { "6449455446", "\"IETF\"" },
        { "62225c", "\"\\\"\\\\\"" },
        { "62c3bc", "\"ü\"" },
        { "63e6b0b4", "\"水\"" },
        { "64f0908591", "\"𐅑\"" },
        { "80", "[]" },
        { "83010203", "[1, 2, 3]" },
        { "8301820203820405", "[1, [2, 3], [4, 5]]" },
        {
            "98190102030405060708090a0b0c0d0e0f101112131415161718181819",
            "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25]"
        },
        { "a0", "{}" },
        { "a201020304", "{1: 2, 3: 4}" },
        { "a26161016162820203", "{\"a\": 1, \"b\": [2, 3]}" },
        { "826161a161626163", "[\"a\", {\"b\": \"c\"}]" },
        { "a56161614161626142616361436164614461656145", "{\"a\": \"A\", \"b\": \"B\", \"c\": \"C\", \"d\": \"D\", \"e\": \"E\"}" },
        { "5f42010243030405ff", "(_ h'0102', h'030405')" },
        { "7f657374726561646d696e67ff", "(_ \"strea\", \"ming\")" },
        { "9fff", "[_ ]" },
        { "9f018202039f0405ffff", "[_ 1, [2, 3], [_ 4, 5]]" },
        { "9f01820203820405ff", "[_ 1, [2, 3], [4, 5]]" },
        { "83018202039f0405ff", "[1, [2, 3], [_ 4, 5]]" },
        { "83019f0203ff820405", "[1, [_ 2, 3], [4, 5]]" },
        {
            "9f0102030405060708090a0b0c0d0e0f101112131415161718181819ff",
            "[_ 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25]"
        },
        { "bf61610161629f0203ffff", "{_ \"a\": 1, \"b\": [_ 2, 3]}" },
        { "826161bf61626163ff", "[\"a\", {_ \"b\": \"c\"}]" },
        { "bf6346756ef563416d7421ff", "{_ \"Fun\": true, \"Amt\": -2}" },
    };

    [Theory]
    [MemberData(nameof(AppendixA))]
    public void Appendix_A_is_printed_as_it_stands_there_and_read_back(string hex, string diagnostic)
    {
        Assert.Equal(diagnostic, CborDiagnostic.Print(Convert.FromHexString(hex)));
        Assert.True(CborDiagnostic.TryParse(diagnostic, out var encoded, out var error), error);
        Assert.Equal(hex, Convert.ToHexStringLower(encoded!));
    }

    [Theory] // the same numbers in longer forms
    [InlineData("fa7f800000", "Infinity")]
    [InlineData("fa7fc00000", "NaN")]
    [InlineData("faff800000", "-Infinity")]
    [InlineData("fb7ff0000000000000", "Infinity")]
    [InlineData("fb7ff8000000000000", "NaN")]
    [InlineData("fbfff0000000000000", "-Infinity")]
    [InlineData("1800", "0")]
    [InlineData("5fff", "''_")]
    [InlineData("7fff", "\"\"_")]
    [InlineData("c24101", "2(h'01')")]
    [InlineData("c2490001000000000000ff", "2(h'0001000000000000ff')")]
    [InlineData("631b5b4a", "\"\\u001b[J\"")] // no escape sequence reaches a terminal
    [InlineData("63e280ae", "\"\\u202e\"")]
    [InlineData("9bffffffffffffffff", "/ not one CBOR item / h'9bffffffffffffffff'")]
    [InlineData("", "/ not one CBOR item / h''")]
    [InlineData("0000", "/ not one CBOR item / h'0000'")]
    public void Anything_is_printed(string hex, string diagnostic) =>
        Assert.Equal(diagnostic, CborDiagnostic.Print(Convert.FromHexString(hex)));

    [Theory]
    [InlineData(" { \"a\" : [ 1 , true ] , } ", "a161618201f5")]
    [InlineData("/ a comment / 'abc' / another /", "43616263")]
    [InlineData("b64'AQID'", "43010203")]
    [InlineData("h'01 02 03'", "43010203")]
    [InlineData("<< 1, \"a\" >>", "43016161")]
    [InlineData("0x1f", "181f")]
    [InlineData("-0xff", "38fe")]
    [InlineData("24(<<1>>)", "d8184101")]
    [InlineData("\"\\ud800\\udd51\\n\"", "65f09085910a")]
    [InlineData("1e3", "f963d0")]
    [InlineData("''_", "5fff")]
    public void Other_ways_to_write_it_are_read_too(string diagnostic, string hex)
    {
        Assert.True(CborDiagnostic.TryParse(diagnostic, out var encoded, out var error), error);
        Assert.Equal(hex, Convert.ToHexStringLower(encoded!));
    }

    [Theory]
    [InlineData("", "a value is missing, at character 1")]
    [InlineData("rain", "a text needs quotes, at character 1")]
    [InlineData("[1, 2", "']' is missing for what begins, at character 1")]
    [InlineData("[1 2]", "',' or ']' is missing, at character 4")]
    [InlineData("{\"a\" 1}", "':' is missing, at character 6")]
    [InlineData("1 2", "there is more after the value, at character 3")]
    [InlineData("\"abc", "\" is missing for what begins, at character 1")]
    [InlineData("\"\\x\"", "an unknown escape, at character 3")]
    [InlineData("\"\\ud800\"", "half a surrogate pair in the text, at character 1")]
    [InlineData("h'0'", "these are no octets, at character 1")]
    [InlineData("1.2.3", "'1.2.3' is no number, at character 1")]
    [InlineData("simple(24)", "a simple value is 0 to 23 or 32 to 255, at character 1")]
    [InlineData("99999999999999999999(1)", "a tag is at most 18446744073709551615, at character 1")]
    [InlineData("(_ 1)", "the parts must be all texts or all octets, at character 1")]
    [InlineData("/ 1", "a comment has no end, at character 1")]
    public void What_is_wrong_is_said_and_where(string diagnostic, string expected)
    {
        Assert.False(CborDiagnostic.TryParse(diagnostic, out _, out var error));
        Assert.Equal(expected, error);
    }

    [Fact]
    public void Neither_way_is_deep_nesting_followed()
    {
        Assert.False(CborDiagnostic.TryParse(new string('[', 100_000), out _, out var error));
        Assert.Contains("too deep", error, StringComparison.Ordinal);
        Assert.StartsWith("/ not one", CborDiagnostic.Print(Enumerable.Repeat((byte)0x81, 10_000).ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public void Mutations_print_and_parse_without_harm()
    {
        var random = new SeededRandom(8949);
        var vectors = AppendixA.Select(row => (Hex: (string)row[0], Diagnostic: (string)row[1])).ToList();
        for (var n = 0; n < 20_000; n++)
        {
            var (hex, diagnostic) = vectors[random.Next(vectors.Count)];
            var bytes = Convert.FromHexString(hex);
            bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            var printed = CborDiagnostic.Print(bytes);
            if (!printed.StartsWith('/') && CborDiagnostic.TryParse(printed, out var again, out _))
                Assert.Equal(printed, CborDiagnostic.Print(again));
            var text = diagnostic.ToCharArray();
            text[random.Next(text.Length)] = (char)random.Next(0x100);
            if (CborDiagnostic.TryParse(new string(text), out var encoded, out _))
                Assert.False(CborDiagnostic.Print(encoded).StartsWith('/'));
        }
    }
}
