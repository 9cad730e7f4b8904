using Acp.Daemon.Decode;

namespace Acp.Tests.Decode;

/// <summary>The ways in which hex is written.</summary>
public class HexTextTests
{
    [Theory]
    [InlineData("8401 1ae4:20-3f 0x80", "84011ae4203f80")]
    [InlineData("84\n011a\n", "84011a")]
    [InlineData("\\x84\\x01", "8401")]
    [InlineData("0000  60 00 00 00 00 20 3a ff fe 80 00 00 00 00 00 00   `.... :.........\n0010  ab cd   ab\n", "6000000000203afffe80000000000000abcd")]
    [InlineData("00000000  60 00 00 00 00 20 3a ff  fe 80 00 00 00 00 00 00  |`.... :.........|\n00000010  ab                 |.|\n00000011\n", "6000000000203afffe80000000000000ab")]
    [InlineData("00000000: 6000 0000 0020 3aff fe80 0000 0000 0000  `.... :.........\n00000010: abcd   ab", "6000000000203afffe80000000000000abcd")]
    [InlineData("# what it is\n8100", "8100")]
    public void One_message(string text, string hex)
    {
        Assert.True(HexText.TryRead(text, out var messages, out var wrong), wrong);
        Assert.Equal(hex, Convert.ToHexStringLower(Assert.Single(messages).Bytes.Span));
    }

    [Theory]
    [InlineData("8100\n\n8100")]
    [InlineData("0000  81 00   ..\n0000  81 00   ..")]
    [InlineData("NOOP\t8100\ta no-op\nNOOP\t8100\ta no-op")]
    [InlineData("rpld-dis\tfe80::1\tff02::1a\t64\t9b0068210000\tDIS\nx\t8100")]
    public void Two_messages(string text)
    {
        Assert.True(HexText.TryRead(text, out var messages, out var wrong), wrong);
        Assert.Equal(2, messages.Count);
    }

    [Fact]
    public void Columns_have_a_label_and_lines_a_number()
    {
        Assert.True(HexText.TryRead("# c\nQUADS-NOOP\taaaaaaaa\t8100", out var messages, out _));
        Assert.Equal((2, "QUADS-NOOP", "8100"), (messages[0].Line, messages[0].Label, Convert.ToHexStringLower(messages[0].Bytes.Span)));
    }

    [Theory]
    [InlineData("810", "line 1: neither hex digits in pairs nor a line of a hexdump")]
    [InlineData("8100\nhello", "line 2: neither hex digits in pairs nor a line of a hexdump")]
    public void What_is_no_hex_is_told_by_its_line(string text, string expected)
    {
        Assert.False(HexText.TryRead(text, out _, out var wrong));
        Assert.Equal(expected, wrong);
    }
}
