using System.CommandLine;
using Acp.Daemon.Commands;
using Acp.Daemon.Identity;

namespace Acp.Tests.Daemon;

public sealed class QuadsOptionTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly Command _command = new("try");
    private readonly QuadsOption _option = new();

    public QuadsOptionTests() => _option.AddTo(_command);

    private string States => Path.Combine(_directory.Path, "states");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void O17_quads_is_off_unless_a_password_file_is_given_and_says_what_it_is()
    {
        Assert.Null(_option.Read(_command.Parse([]), States));
        var file = Path.Combine(_directory.Path, "password");
        File.WriteAllText(file, "secret\n");
        using var quads = _option.Read(_command.Parse(["--quads-password-file", file]), States);
        Assert.Equal("eb51e0348bc75a6f3d657de7ef61753a", Convert.ToHexStringLower(quads!.Encrypt([0x81, 0]))); // graspy's own
        Assert.Contains("INSECURE", _command.Options.Single().Description, StringComparison.Ordinal);
    }

    [Fact]
    public void O17_quads_is_refused_where_there_is_an_acp_certificate()
    {
        var file = Path.Combine(_directory.Path, "password");
        File.WriteAllText(file, "secret");
        var instance = Path.Combine(States, "box7");
        Directory.CreateDirectory(instance);
        File.WriteAllText(Path.Combine(instance, StateDirectory.CertificateFile), "");
        var refused = Assert.Throws<FormatException>(() => _option.Read(_command.Parse(["--quads-password-file", file]), States));
        Assert.Contains(instance, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_password_file_that_is_missing_or_empty_is_named()
    {
        var file = Path.Combine(_directory.Path, "password");
        Assert.Contains(file, Assert.Throws<FormatException>(() => _option.Read(_command.Parse(["--quads-password-file", file]), States)).Message, StringComparison.Ordinal);
        File.WriteAllText(file, "\n");
        Assert.Contains(file, Assert.Throws<FormatException>(() => _option.Read(_command.Parse(["--quads-password-file", file]), States)).Message, StringComparison.Ordinal);
    }
}
