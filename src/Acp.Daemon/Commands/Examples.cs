using System.CommandLine;
using System.Runtime.CompilerServices;

namespace Acp.Daemon.Commands;

/// <summary>The example lines that <c>--help</c> shows after the options, and other notes for the reader.</summary>
internal static class Examples
{
    private static readonly ConditionalWeakTable<Command, (string Line, string Meaning)[]> Lines = [];

    public static void Add(Command command, params (string Line, string Meaning)[] examples) => Lines.Add(command, examples);

    public static IReadOnlyList<(string Line, string Meaning)> Of(Command command) =>
        Lines.TryGetValue(command, out var examples) ? examples : [];
}
