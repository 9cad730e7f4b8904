using System.Text;

namespace Acp.Daemon.Agents.Files;

/// <summary>Names of files as they go over the network: of one directory, and out of it leads no way.</summary>
internal static class FileName
{
    /// <summary>Octets of UTF-8, so that an objective's name has room for it and a part's number.</summary>
    public const int MaxLength = 200;

    /// <summary>Neither a path nor hidden, and nothing that would surprise a terminal.</summary>
    public static bool IsAllowed(string name) =>
        name.Length > 0 && name[0] != '.' && Encoding.UTF8.GetByteCount(name) <= MaxLength
        && !name.Any(c => c is '/' or '\\' or '\ufffd' || char.IsControl(c) || char.IsSurrogate(c));
}
