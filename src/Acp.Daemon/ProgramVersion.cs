using System.Reflection;

namespace Acp.Daemon;

/// <summary>What <c>acpd --version</c> says.</summary>
public static class ProgramVersion
{
    /// <summary>"0.1.0", without the commit that the SDK appends.</summary>
    public static string Text { get; } =
        (typeof(ProgramVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0")
        .Split('+')[0];
}
