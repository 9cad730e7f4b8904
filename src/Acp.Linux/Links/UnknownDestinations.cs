using System.Globalization;
using Acp.Linux.Namespaces;

namespace Acp.Linux.Links;

/// <summary>
/// Packets that had nowhere to go in a namespace: at the root of the ACP, those for addresses that nobody has (RFC 8994 §6.12.1.14).
/// The kernel counts them by the interface they came in, and answers with ICMPv6 errors at its own limited rate, so that no flood of
/// them costs us anything. Not thread-safe.
/// </summary>
/// <param name="ns">Must outlive this object.</param>
public sealed class UnknownDestinations(NetworkNamespace ns)
{
    // Of this thread, which has entered the namespace; /proc/net is the process's.
    private const string Root = "/proc/thread-self/net";
    private const string Counter = "Ip6InNoRoutes";

    private readonly Dictionary<string, long> _seen = [];
    private long _total;

    /// <summary>Since the namespace was made.</summary>
    public long Total()
    {
        using (ns.Enter())
            return ReadCounter($"{Root}/snmp6");
    }

    /// <summary>
    /// How many there were since the last call, and where most of them came in: null when that interface is gone or there were none.
    /// </summary>
    public (long More, string? MostlyFrom) Take()
    {
        using (ns.Enter())
        {
            var total = ReadCounter($"{Root}/snmp6");
            var more = total - _total;
            _total = total;
            string? mostly = null;
            var most = 0L;
            var now = new Dictionary<string, long>();
            foreach (var file in Files())
            {
                var name = Path.GetFileName(file);
                now[name] = ReadCounter(file);
                var grown = now[name] - _seen.GetValueOrDefault(name);
                if (grown > most)
                    (mostly, most) = (name, grown);
            }

            _seen.Clear();
            foreach (var (name, value) in now)
                _seen[name] = value;
            return (more, mostly);
        }
    }

    private static string[] Files()
    {
        try
        {
            return Directory.GetFiles($"{Root}/dev_snmp6");
        }
        catch (IOException)
        {
            return [];
        }
    }

    // "Ip6InNoRoutes                   	3"
    private static long ReadCounter(string file)
    {
        try
        {
            foreach (var line in File.ReadLines(file))
            {
                if (line.StartsWith(Counter, StringComparison.Ordinal)
                    && long.TryParse(line.AsSpan(Counter.Length), NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture, out var value))
                    return value;
            }
        }
        catch (IOException)
        {
            // The interface has just gone.
        }

        return 0;
    }
}
