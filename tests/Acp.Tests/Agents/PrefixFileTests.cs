using Acp.Daemon;
using Acp.Daemon.Agents.Prefixes;
using Acp.Daemon.Commands;
using Acp.Wire;

namespace Acp.Tests.Agents;

/// <summary>The state on disk.</summary>
public sealed class PrefixFileTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2031, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly string _directory = Path.Combine(Path.GetTempPath(), "acpd-prefixes-" + Guid.NewGuid().ToString("N"));

    private static PrefixState Sample => new()
    {
        Roots = [new PrefixRoot(Ipv6Prefix.Parse("2001:db8::/32"), null, Now), new PrefixRoot(Ipv6Prefix.Parse("2001:db9::/44"), "fd89::1", Now)],
        Leases =
        [
            new PrefixLease(Ipv6Prefix.Parse("2001:db8::/44"), "fd89::2", LeaseState.Delegated, Now),
            new PrefixLease(Ipv6Prefix.Parse("2001:db8:10::/44"), "fd89::3", LeaseState.Unclear, Now, Now + TimeSpan.FromMinutes(5)),
            new PrefixLease(Ipv6Prefix.Parse("2001:db9::/64"), "interface lan0", LeaseState.Local, Now),
        ],
    };

    public void Dispose()
    {
        if (Directory.Exists(_directory))
            Directory.Delete(_directory, true);
    }

    [Fact]
    public void N07_what_was_saved_is_loaded()
    {
        var file = new PrefixFile(_directory);
        Assert.Empty(file.Load().Leases);
        file.Save(Sample);
        var loaded = new PrefixFile(_directory).Load();
        Assert.Equal(Sample.Roots, loaded.Roots);
        Assert.Equal(Sample.Leases, loaded.Leases);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file.Path));
    }

    [Fact]
    public void A_damaged_file_is_named_and_left_as_it_is()
    {
        var file = new PrefixFile(_directory);
        file.Save(Sample);
        var whole = File.ReadAllText(file.Path);
        foreach (var damaged in Enumerable.Range(0, whole.TrimEnd().Length - 1).Select(length => whole[..length])
            .Append(whole.Replace("2001:db8::/44", "2001:db8::1/44", StringComparison.Ordinal))
            .Append(whole.Replace("2001:db8:10::/44", "2001:db8::/48", StringComparison.Ordinal))
            .Append(whole.Replace("Delegated", "Eaten", StringComparison.Ordinal))
            .Append(whole.Replace("\"version\": 1", "\"version\": 2", StringComparison.Ordinal)))
        {
            File.WriteAllText(file.Path, damaged);
            Assert.StartsWith(file.Path, Assert.Throws<FormatException>(() => file.Load()).Message, StringComparison.Ordinal);
            Assert.Equal(damaged, File.ReadAllText(file.Path));
        }
    }

    [Fact]
    public void Only_one_works_with_it()
    {
        var file = new PrefixFile(_directory);
        using (file.TryLock())
            Assert.Null(new PrefixFile(_directory).TryLock());
        using var after = file.TryLock();
        Assert.NotNull(after);
    }

    [Fact]
    public void N08_the_leases_are_printed_with_owner_and_time_and_can_be_released()
    {
        new PrefixFile(_directory).Save(Sample);
        var (code, output, _) = Run();
        Assert.Equal(ExitCode.Ok, code);
        Assert.Equal(
            """
            2001:db8::/32 configured since 2031-01-01 00:00:00Z
            2001:db9::/44 of fd89::1 since 2031-01-01 00:00:00Z
              2001:db8::/44 delegated to fd89::2 since 2031-01-01 00:00:00Z
              2001:db8:10::/44 unclear to fd89::3 since 2031-01-01 00:00:00Z
              2001:db9::/64 local to interface lan0 since 2031-01-01 00:00:00Z

            """,
            output);
        Assert.Equal(ExitCode.Ok, Run("--release", "2001:db8::/44").Code);
        Assert.DoesNotContain("fd89::2", Run("--json").Output, StringComparison.Ordinal);
        Assert.Equal("acpd: nobody has 2001:db8::/44\n", Run("--release", "2001:db8::/44").Error);
        using var running = new PrefixFile(_directory).TryLock();
        Assert.Equal((ExitCode.Failure, "acpd: the prefix manager is running; stop it first\n"), (Run("--release", "2001:db9::/64").Code, Run("--release", "2001:db9::/64").Error));
    }

    private (int Code, string Output, string Error) Run(params string[] args)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var code = PrefixLeasesCommand.Create().Parse([.. args, "--state", _directory])
            .Invoke(new System.CommandLine.InvocationConfiguration { Output = output, Error = error });
        return (code, output.ToString(), error.ToString());
    }
}
