using System.CommandLine;
using System.Text.Json;
using Acp.Daemon;
using Acp.Daemon.Commands;

namespace Acp.Tests.Ca;

/// <summary>P, A-42: <c>acpd ca</c> as a person meets it.</summary>
public sealed class CaCommandTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A10_init_issue_show()
    {
        var made = Run("init", "--ca", _directory["ca"], "--domain", "acp.example.com", "--registrar-id", "c2:00:00:00:64:00");
        Assert.Equal((ExitCode.Ok, ""), (made.Code, made.Error));
        Assert.Contains("020000006400", made.Output, StringComparison.Ordinal);

        var issued = Run("issue", "--ca", _directory["ca"], "--out", _directory["n"], "--rsub", "area51.research");
        Assert.Equal((ExitCode.Ok, ""), (issued.Code, issued.Error));
        const string name = "fd89b714f3db00000200000064000000+area51.research@acp.example.com";
        Assert.StartsWith(name, issued.Output, StringComparison.Ordinal);

        var shown = Run("show", _directory["n"]);
        Assert.Equal(ExitCode.Ok, shown.Code);
        Assert.Contains(name, shown.Output, StringComparison.Ordinal);
        Assert.Contains("fd89:b714:f3db:0:200:0:6400:0/127", shown.Output, StringComparison.Ordinal);
        Assert.Contains("Registrar-ID 020000006400, Zone-ID 0, Node-Number 0, V 0", shown.Output, StringComparison.Ordinal);
        Assert.Contains("certificate authority", shown.Output, StringComparison.Ordinal);

        using var json = JsonDocument.Parse(Run("show", "--json", Path.Combine(_directory["n"], "node.crt")).Output);
        var certificate = Assert.Single(json.RootElement.EnumerateArray());
        Assert.Equal(name, certificate.GetProperty("acp_node_name").GetString());
        Assert.Equal("area51.research.acp.example.com", certificate.GetProperty("routing_subdomain").GetString());
        Assert.Equal("valid", certificate.GetProperty("validity").GetString());
    }

    [Theory]
    [InlineData("0", "0@acp.example.com")]
    [InlineData("none", "@acp.example.com")]
    public void A12_addresses_that_are_none(string address, string name)
    {
        Assert.Equal(ExitCode.Ok, Run("init", "--ca", _directory["ca"], "--domain", "acp.example.com").Code);
        Assert.StartsWith(name, Run("issue", "--ca", _directory["ca"], "--out", _directory["n"], "--address", address).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A18_expired_on_request()
    {
        Run("init", "--ca", _directory["ca"], "--domain", "acp.example.com", "--intermediate");
        Assert.Equal(ExitCode.Ok, Run("issue", "--ca", _directory["ca"], "--out", _directory["n"], "--not-after", "2020-01-01T00:00:00Z").Code);
        Assert.Contains("(expired)", Run("show", _directory["n"]).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A42_errors_name_the_file_or_field_on_standard_error_and_return_1()
    {
        Run("init", "--ca", _directory["ca"], "--domain", "acp.example.com");
        AssertFails("registrar.json", "issue", "--ca", _directory["nowhere"], "--out", _directory["n"]);
        AssertFails("domain:", "init", "--ca", _directory["other"], "--domain", "not a domain");
        AssertFails("already exists", "init", "--ca", _directory["ca"], "--domain", "acp.example.com");
        AssertFails("rsub:", "issue", "--ca", _directory["ca"], "--out", _directory["n"], "--rsub", "-");
        AssertFails("not-after:", "issue", "--ca", _directory["ca"], "--out", _directory["n"], "--not-after", "soon");
        AssertFails("Registrar-ID", "init", "--ca", _directory["other"], "--domain", "a.b", "--registrar-id", "ffffffffffff");
        AssertFails("registrar-id:", "init", "--ca", _directory["other"], "--domain", "a.b", "--registrar-id", "1:2:3");
        AssertFails(_directory["nothing"], "show", _directory["nothing"]);
        Assert.False(Directory.Exists(_directory["n"]));
    }

    [Fact]
    public void A42_a_wrong_command_line_does_not_run()
    {
        var root = new RootCommand { CaCommand.Create() };
        Assert.NotEmpty(root.Parse(["ca", "issue"]).Errors);
        Assert.NotEmpty(root.Parse(["ca", "init"]).Errors);
        Assert.NotEmpty(root.Parse(["ca", "issue", "--out", "x", "--algorithm", "rsa1024"]).Errors);
        Assert.NotEmpty(root.Parse(["ca", "issue", "--out", "x", "--days", "0"]).Errors);
        Assert.NotEmpty(root.Parse(["ca", "issue", "--out", "x", "--days", "1", "--not-after", "2030-01-01"]).Errors);
        Assert.Empty(root.Parse(["ca", "issue", "--out", "x", "--days", "1"]).Errors);
    }

    private void AssertFails(string words, params string[] arguments)
    {
        var (code, output, error) = Run(arguments);
        Assert.Equal((ExitCode.Failure, ""), (code, output));
        Assert.StartsWith("acpd ca: ", error, StringComparison.Ordinal);
        Assert.Contains(words, error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    private static (int Code, string Output, string Error) Run(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = new RootCommand { CaCommand.Create() }.Parse(["ca", .. arguments])
            .Invoke(new InvocationConfiguration { Output = output, Error = error });
        return (code, output.ToString(), error.ToString());
    }
}
