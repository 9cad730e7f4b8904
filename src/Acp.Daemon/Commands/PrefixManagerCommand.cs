using System.CommandLine;
using System.Globalization;
using System.Net;
using Acp.Asa;
using Acp.Daemon.Agents.Prefixes;
using Acp.Daemon.Commands.GraspTools;
using Acp.Linux.Links;
using Acp.Linux.Namespaces;
using Acp.Wire;

namespace Acp.Daemon.Commands;

/// <summary><c>acpd asa prefix-manager</c>: RFC 8992.</summary>
internal sealed class PrefixManagerCommand
{
    private readonly Option<string[]> _pool = new("--pool")
    {
        Description = "Space to hand out, such as 2001:db8::/32 or 10.0.0.0/8; may be given again.",
        HelpName = "PREFIX",
    };

    private readonly Option<bool> _ask = new("--ask")
    {
        Description = "Get space from another prefix manager: at the start, and whenever others ask for more than is left.",
    };

    private readonly Option<bool> _handOn = new("--hand-on")
    {
        Description = "Give parts of what it got to others who ask. (Of a --pool it does so anyway.)",
    };

    private readonly Option<string?> _from = new("--from")
    {
        Description = "Ask only the one at this address. [default: whoever is found]",
        HelpName = "ADDRESS",
    };

    private readonly Option<int?> _length = new("--length")
    {
        Description = "How long a prefix to ask for. [default: what --role gets, or 56]",
        HelpName = "BITS",
    };

    private readonly Option<string?> _role = new("--role")
    {
        Description = "Ask for as long a prefix as this role gets, by the flooded parameters.",
        HelpName = "NAME",
    };

    private readonly Option<string?> _parameters = new("--parameters")
    {
        Description = "Flood these, for all: how long a prefix each role gets.",
        HelpName = "ROLE=BITS,…",
    };

    private readonly Option<string[]> _putOn = new("--put-on")
    {
        Description = "Give this interface a /64 of the space, and its first address; may be given again. Taken away at the end.",
        HelpName = "NAME",
    };

    private readonly Option<string?> _hook = new("--hook")
    {
        Description = "Run PROGRAM add|remove held|delegated|local PREFIX WHO for each change, for routing daemons and DHCPv6 servers.",
        HelpName = "PROGRAM",
    };

    private readonly Option<int> _perPeer = new("--max-per-peer")
    {
        Description = "Prefixes that one peer gets at most.",
        HelpName = "N",
        DefaultValueFactory = _ => new PrefixLimits().MaxPerPeer,
    };

    public static Option<string> StateOption() => new("--state")
    {
        Description = "Where it remembers what it has given and got.",
        HelpName = "DIRECTORY",
        DefaultValueFactory = _ => PrefixFile.DefaultDirectory,
    };

    public static Command Create()
    {
        var command = new Command(
            "prefix-manager",
            "Hand IPv6 (and IPv4) prefixes down a tree of boxes (RFC 8992), until SIGTERM or Ctrl-C. One box has the pool; the others ask for a part, "
            + "hand on parts of that, and put some of it on their interfaces. What was given and got is on disk before the other side hears of it: "
            + "no prefix is given twice, also after a crash. What is given stays given, until the peer is told otherwise or 'acpd asa prefix-leases "
            + "--release' takes it back. Prefixes are for the data plane: fc00::/7, where the ACP lives, is refused.");
        var grasp = new GraspAccess(command);
        var options = new PrefixManagerCommand();
        var state = StateOption();
        foreach (var option in new Option[]
        {
            options._pool, options._ask, options._handOn, options._from, options._length, options._role, options._parameters, options._putOn, options._hook, options._perPeer, state,
        })
            command.Options.Add(option);
        Examples.Add(command,
            ("acpd asa prefix-manager --pool 2001:db8::/32 --parameters ASG=44,CSG=56", "the top of the tree"),
            ("acpd asa prefix-manager --ask --hand-on --role ASG", "the middle: gets a /44, and hands on parts of it"),
            ("acpd asa prefix-manager --ask --role CSG --put-on lan0 --put-on lan1", "a leaf: gets a /56, and puts a /64 on each of two interfaces"),
            ("acpd asa prefix-leases", "who has what"));
        command.SetAction((parsed, _) =>
        {
            var error = parsed.InvocationConfiguration.Error;
            if (options.Read(parsed, out var wrong) is not { } chosen)
            {
                error.WriteLine($"acpd: {wrong}");
                return Task.FromResult(ExitCode.Usage);
            }

            return grasp.RunAsync(parsed, "prefix-manager", (asa, output, cancel) =>
                RunAsync(asa, chosen, parsed.GetValue(state)!, parsed.GetValue(options._hook), parsed.GetValue(options._perPeer), output.Say, error, cancel));
        });
        return command;
    }

    private static async Task<int> RunAsync(
        GraspAsa asa, PrefixManagerOptions options, string directory, string? program, int perPeer, Action<string> say, TextWriter error, CancellationToken cancel)
    {
        try
        {
            var file = new PrefixFile(directory);
            using var mine = file.TryLock();
            if (mine is null)
            {
                await error.WriteLineAsync($"acpd: another prefix manager works with {directory}");
                return ExitCode.Unavailable;
            }

            using var ns = NetworkNamespace.OpenCurrent();
            using var prefixes = new DelegatedPrefixes(ns);
            await using var hook = program is null ? null : new PrefixHook(program, say);
            var manager = new PrefixManager(
                asa, new PrefixLimits { MaxPerPeer = perPeer }, file, options, new HostPlaces(prefixes), TimeProvider.System, hook is null ? null : hook.Add, say);
            await manager.RunAsync(cancel);
            return ExitCode.Ok;
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync($"acpd: {e.Message}");
            return ExitCode.Configuration;
        }
    }

    private PrefixManagerOptions? Read(ParseResult parsed, out string wrong)
    {
        wrong = "";
        var pool = new List<Ipv6Prefix>();
        foreach (var text in parsed.GetValue(_pool) ?? [])
        {
            if (!PrefixText.TryParse(text, out var prefix))
            {
                wrong = $"'{text}' is no prefix, or has bits set beyond its length";
                return null;
            }

            pool.Add(prefix);
        }

        PrefixParameters? parameters = null;
        if (parsed.GetValue(_parameters) is { } list && !PrefixParameters.TryParse(list, out parameters))
        {
            wrong = $"'{list}' is not of the form ROLE=BITS,ROLE=BITS";
            return null;
        }

        Ipv6Address? from = null;
        if (parsed.GetValue(_from) is { } address)
        {
            if (!IPAddress.TryParse(address, out _) || !Ipv6Address.TryParse(address, out var six) || six.IsLinkLocal)
            {
                wrong = $"'{address}' is no IPv6 address, or a link-local one";
                return null;
            }

            from = six;
        }

        if (parsed.GetValue(_length) is { } length && length is < 1 or > 128)
        {
            wrong = string.Create(CultureInfo.InvariantCulture, $"--length {length}: from 1 to 128");
            return null;
        }

        if (pool.Count == 0 && !parsed.GetValue(_ask))
        {
            wrong = "give it a --pool, or let it --ask for one";
            return null;
        }

        return new PrefixManagerOptions
        {
            Pool = pool,
            Asks = parsed.GetValue(_ask),
            HandsOn = pool.Count > 0 || parsed.GetValue(_handOn),
            From = from,
            Length = parsed.GetValue(_length),
            Role = parsed.GetValue(_role),
            Parameters = parameters,
            Interfaces = parsed.GetValue(_putOn) ?? [],
        };
    }
}
