using System.Text;
using Acp.Daemon;
using Acp.Daemon.Identity;

namespace Acp.Tests.Daemon;

/// <summary>Postquantum preshared keys in their file: what is read, and what is said about the rest without quoting a key.</summary>
public sealed class PpkFileTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("acp-ppk-");

    private string Path => System.IO.Path.Combine(_directory.FullName, "ppk");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void Hex_base64_and_strongswans_form_are_read_in_order()
    {
        var key = Enumerable.Range(0, 40).Select(i => (byte)(i * 5)).ToArray();
        Write($"# the domain's\r\n\n2026-new 0x{Convert.ToHexString(key)}\r\n2026-old\t{Convert.ToBase64String(key)}\nswan   0s{Convert.ToBase64String(key)} ");
        var keys = PpkFile.TryRead(Path, out var reason);
        Assert.Equal("", reason);
        Assert.Equal(["2026-new", "2026-old", "swan"], keys?.Select(k => k.Id) ?? []);
        Assert.All(keys!, k => Assert.Equal(key, k.Key.Span.ToArray()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing\n")]
    [InlineData("only-a-name")]
    [InlineData("short MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MA==")]
    [InlineData("bad !!!!MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI=")]
    [InlineData("bad 0xZZ23456789012345678901234567890123456789012345678901234567890123")]
    [InlineData("odd 0x123456789012345678901234567890123456789012345678901234567890123456789")]
    [InlineData("a MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ=\na MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ=")]
    public void What_cannot_be_right_is_refused_without_quoting_a_key(string text)
    {
        Write(text);
        Assert.Null(PpkFile.TryRead(Path, out var reason));
        Assert.StartsWith(Path, reason, StringComparison.Ordinal);
        Assert.DoesNotContain("MDEy", reason, StringComparison.Ordinal);
        Assert.DoesNotContain("2345678", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_others_may_read_is_refused()
    {
        Write($"k {Convert.ToBase64String(new byte[32])}");
        foreach (var open in new[] { UnixFileMode.GroupRead, UnixFileMode.OtherRead, UnixFileMode.OtherWrite })
        {
            File.SetUnixFileMode(Path, OwnerOnly | open);
            Assert.Null(PpkFile.TryRead(Path, out var reason));
            Assert.Contains("chmod 600", reason, StringComparison.Ordinal);
        }

        Assert.Null(PpkFile.TryRead(Path + "-not", out var missing));
        Assert.Contains("is missing", missing, StringComparison.Ordinal);
    }

    [Fact]
    public void The_options_say_where_it_is_and_how_strict_to_be()
    {
        var options = new RunOptions();
        Assert.True(options.PpkRequired);
        Assert.Null(Apply("ppk-file", "/etc/acpd/ppk"));
        Assert.Null(Apply("ppk", "optional"));
        Assert.Equal(("/etc/acpd/ppk", false), (options.PpkFile, options.PpkRequired));
        Assert.Contains("none of", Apply("ppk", "maybe"), StringComparison.Ordinal);
        Apply("ppk-file", "ppk");
        Assert.StartsWith("ppk-file:", Assert.Single(options.Validate()), StringComparison.Ordinal);

        string? Apply(string name, string value) => RunOptionsTable.All.Single(o => o.Name == name).Apply(options, value);
    }

    private void Write(string text)
    {
        File.WriteAllBytes(Path, Encoding.UTF8.GetBytes(text));
        File.SetUnixFileMode(Path, OwnerOnly);
    }
}
