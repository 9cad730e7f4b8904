namespace Acp.Daemon;

/// <summary>One setting of <c>acpd run</c>, by the same name on the command line and in the configuration file.</summary>
/// <param name="Name">Without dashes: "log-level".</param>
/// <param name="Value">What stands for its value in the help: "PATH".</param>
/// <param name="Description">For the help.</param>
/// <param name="Apply">Stores the value in the options, or returns why it cannot be taken.</param>
public sealed record RunOption(string Name, string Value, string Description, Func<RunOptions, string, string?> Apply)
{
    /// <summary>May be given more than once; the values are joined by commas.</summary>
    public bool Repeatable { get; init; }

    /// <summary>Not in the help: for the lab and for tests.</summary>
    public bool Hidden { get; init; }

    /// <summary>Not in the configuration file: it must be known before the file is.</summary>
    public bool OnlyOnCommandLine { get; init; }
}
