using System.Reflection;

namespace Acp.Daemon;

/// <summary>How to start this program again.</summary>
internal static class OwnProgram
{
    /// <summary>As itself, or as <c>dotnet acpd.dll</c> when that is how we run.</summary>
    /// <exception cref="FileNotFoundException">We run as a part of something else, and acpd is not beside it.</exception>
    public static (string Program, IReadOnlyList<string> Arguments) WithArguments(params IReadOnlyList<string> arguments)
    {
        var self = Environment.ProcessPath;
        if (self is not null && Path.GetFileName(self) != "dotnet" && Assembly.GetEntryAssembly()?.GetName().Name == "acpd")
            return (self, arguments);

        // `dotnet acpd.dll`, or a test that has us as a library: both have the program beside them.
        var beside = Path.Combine(AppContext.BaseDirectory, "acpd");
        if (File.Exists(beside))
            return (beside, arguments);
        var library = beside + ".dll";
        return File.Exists(library) && self is not null
            ? (self, [library, .. arguments])
            : throw new FileNotFoundException($"cannot find the acpd program to start: it is not at {beside}");
    }
}
