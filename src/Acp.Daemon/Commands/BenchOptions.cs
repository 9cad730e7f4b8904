using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Acp.Daemon.Bench;
using Spectre.Console;

namespace Acp.Daemon.Commands;

/// <summary>What the commands of <c>acpd bench</c> have in common: options, how they end, how they write a figure.</summary>
internal static class BenchOptions
{
    public static Option<bool> Json() => new("--json") { Description = "Print the figures as one JSON value." };

    /// <summary>A whole number within limits.</summary>
    public static Option<int> Number(string name, string description, int normal, int least, int most)
    {
        var option = new Option<int>(name) { Description = description, HelpName = "N", DefaultValueFactory = _ => normal };
        option.Validators.Add(result =>
        {
            var value = result.GetValueOrDefault<int>();
            if (value < least || value > most)
                result.AddError($"{name} takes {least} to {most}");
        });
        return option;
    }

    /// <summary>Another program to measure beside; there is one that we know how to run.</summary>
    public static Option<string?> Peer(string kind, string known, string packages)
    {
        var option = new Option<string?>("--peer")
        {
            Description = $"Another {kind} to measure in the same run: {known} (Debian packages {packages}).",
            HelpName = "NAME",
        };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } name && name != known)
                result.AddError($"--peer knows {known} only");
        });
        return option;
    }

    /// <summary>Measures, and turns what the machine refuses into a message.</summary>
    public static Task<int> Measure(Action measure)
    {
        try
        {
            measure();
            return Task.FromResult(ExitCode.Ok);
        }
        catch (OperationCanceledException)
        {
            return Task.FromResult(ExitCode.Failure);
        }
        catch (Exception e) when (e is BenchException or IOException or System.Net.Sockets.SocketException
            or Linux.DataPlane.DataPlaneException or Linux.Interop.SystemCallException or Linux.Netlink.NetlinkException)
        {
            Console.Error.WriteLine($"acpd: {e.Message}");
            return Task.FromResult(ExitCode.System);
        }
    }

    public static string Figure(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    /// <summary>An empty table: words to the left, figures to the right.</summary>
    public static Table TableOf(IEnumerable<string> words, IEnumerable<string> figures)
    {
        var table = new Table { Border = TableBorder.Simple };
        foreach (var name in words)
            table.AddColumn(name);
        foreach (var name in figures)
            table.AddColumn(new TableColumn(name).RightAligned());
        return table;
    }

    /// <summary>What was measured, as one JSON value or as a table.</summary>
    public static void Tell<T>(bool json, T figures, JsonTypeInfo<T> type, Action<T> print)
    {
        if (json)
            Console.Out.WriteLine(JsonSerializer.Serialize(figures, type));
        else
            print(figures);
    }
}
