using System.Globalization;
using System.Text;

namespace Acp.Daemon.Decode;

/// <summary>The codecs' refusals for people.</summary>
internal static class RefusalWords
{
    /// <summary>"BadSessionId" is "bad session id".</summary>
    public static string Of<T>(T refusal)
        where T : struct, Enum
    {
        var words = new StringBuilder();
        foreach (var c in refusal.ToString())
        {
            if (char.IsUpper(c) && words.Length > 0)
                words.Append(' ');
            words.Append(char.ToLower(c, CultureInfo.InvariantCulture));
        }

        return words.ToString();
    }
}
