using Acp.Daemon.Agents.Prefixes;
using Acp.Wire;

namespace Acp.Tests.Agents;

/// <summary>The operator's program.</summary>
[Collection(nameof(AloneCollection))]
public sealed class PrefixHookTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("acpd-hook-").FullName;

    public void Dispose() => Directory.Delete(_directory, true);

    [Fact]
    public async Task N12_the_program_is_told_of_each_change_in_order()
    {
        var told = Path.Combine(_directory, "told");
        var program = Path.Combine(_directory, "hook");
        await File.WriteAllTextAsync(program, $"#!/bin/sh\necho \"$@\" >> {told}\n[ \"$1\" = add ]\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var lines = new List<string>();
        await using (var hook = new PrefixHook(program, lines.Add))
        {
            hook.Add(new PrefixChange(true, "delegated", Ipv6Prefix.Parse("2001:db8::/44"), "fd89::1"));
            hook.Add(new PrefixChange(false, "local", Ipv6Prefix.Parse("2001:db8:10::/64"), "lan 0; rm"));
        }

        Assert.Equal(["add delegated 2001:db8::/44 fd89::1", "remove local 2001:db8:10::/64 lan 0; rm"], await File.ReadAllLinesAsync(told));
        Assert.Equal($"{program} ended with 1 for 2001:db8:10::/64", Assert.Single(lines));
    }

    [Fact]
    public async Task A_program_that_is_not_there_is_said_so()
    {
        var lines = new List<string>();
        await using (var hook = new PrefixHook(Path.Combine(_directory, "none"), lines.Add))
            hook.Add(new PrefixChange(true, "held", Ipv6Prefix.Parse("2001:db8::/44"), "fd89::1"));
        Assert.Contains("none", Assert.Single(lines), StringComparison.Ordinal);
    }
}
