using System.CommandLine;
using System.CommandLine.Parsing;
using Acp.Core.Grasp;
using Acp.Daemon.Identity;

namespace Acp.Daemon.Commands;

/// <summary>
/// <c>--quads-password-file</c>, beside <c>--insecure</c>: joins a domain of graspy's QUADS. Off by default, and refused on
/// a box that has an ACP certificate, where there is something better (O-17).
/// </summary>
internal sealed class QuadsOption
{
    private readonly Option<string> _passwordFile = new("--quads-password-file")
    {
        Description = "INSECURE: encrypt all messages as graspy's QUADS does, with the password in this file. One IV for all "
            + "messages and no integrity: it keeps domains apart, and nobody out. Refused on a box with an ACP certificate.",
        HelpName = "FILE",
    };

    public void AddTo(Command command) => command.Options.Add(_passwordFile);

    public bool IsGiven(SymbolResult result) => result.GetValue(_passwordFile) is not null;

    /// <summary>The key, or null when it is not asked for. Line ends after the password are not part of it.</summary>
    /// <param name="states">Where the state directories of this host's instances are.</param>
    /// <exception cref="FormatException">It may not be used here, or the file cannot.</exception>
    public InsecureQuads? Read(ParseResult parsed, string states = "/var/lib/acpd")
    {
        if (parsed.GetValue(_passwordFile) is not { } file)
            return null;
        if (Directory.Exists(states)
            && Directory.EnumerateDirectories(states).FirstOrDefault(d => File.Exists(Path.Combine(d, StateDirectory.CertificateFile))) is { } enrolled)
            throw new FormatException($"QUADS is for boxes without an ACP, and this one has a certificate in {enrolled}");
        try
        {
            var password = File.ReadAllText(file).TrimEnd('\r', '\n');
            return password.Length > 0
                ? InsecureQuads.FromPassword(password)
                : throw new FormatException($"{file}: no password in it");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FormatException($"{file}: cannot be read ({e.Message})", e);
        }
    }
}
