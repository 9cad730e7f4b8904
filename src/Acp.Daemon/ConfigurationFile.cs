using System.Diagnostics.CodeAnalysis;

namespace Acp.Daemon;

/// <summary>
/// The optional configuration file: <c>name = value</c> lines with the names of the command line's options, <c>#</c>
/// comments, nothing else.
/// </summary>
/// <example>
/// <code>
/// # the wireless side is somebody else's
/// interface = !wlan*
/// log-level = debug
/// </code>
/// </example>
public static class ConfigurationFile
{
    /// <summary>Read when it exists and no other is named.</summary>
    public static string DefaultPath(string instance) => $"/etc/acpd/{instance}.conf";

    /// <summary>
    /// Applies the file to <paramref name="options"/>. Every error names the file, the line, the field and the reason.
    /// </summary>
    public static bool TryApply(string path, RunOptions options, [NotNullWhen(false)] out string? error)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            error = $"{path}: cannot be read: {e.Message}";
            return false;
        }

        options.ConfigurationFile = path;
        return TryApply(path, lines, options, out error);
    }

    /// <inheritdoc cref="TryApply(string, RunOptions, out string?)"/>
    public static bool TryApply(
        string path, IReadOnlyList<string> lines, RunOptions options, [NotNullWhen(false)] out string? error)
    {
        // A repeatable setting grows by every line that names it.
        var joined = new Dictionary<string, string>();
        for (var number = 1; number <= lines.Count; number++)
        {
            var line = lines[number - 1].Trim();
            if (line.Length == 0 || line[0] == '#')
                continue;
            var equals = line.IndexOf('=');
            if (equals < 0)
            {
                error = $"{path}:{number}: '{line}' is not 'name = value'";
                return false;
            }

            var name = line[..equals].TrimEnd();
            var value = line[(equals + 1)..].TrimStart();
            var option = RunOptionsTable.All.FirstOrDefault(o => o.Name == name && !o.OnlyOnCommandLine);
            if (option is null)
            {
                error = $"{path}:{number}: {name}: there is no such setting; there are "
                    + string.Join(", ", RunOptionsTable.All.Where(o => !o.OnlyOnCommandLine).Select(o => o.Name));
                return false;
            }

            if (value.Length == 0)
            {
                error = $"{path}:{number}: {name}: has no value; leave the line out for the default";
                return false;
            }

            if (joined.TryGetValue(name, out var before))
            {
                if (!option.Repeatable)
                {
                    error = $"{path}:{number}: {name}: was already set above";
                    return false;
                }

                value = before + "," + value;
            }

            joined[name] = value;
            if (option.Apply(options, value) is { } reason)
            {
                error = $"{path}:{number}: {name}: {reason}";
                return false;
            }
        }

        error = null;
        return true;
    }
}
