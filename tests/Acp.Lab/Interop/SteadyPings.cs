using System.Globalization;
using System.Text.RegularExpressions;

namespace Acp.Lab.Interop;

/// <summary>
/// A hundred echo requests a second out of a namespace, in rounds that wait for their last answer, so that what is lost is
/// lost and nothing is merely under way.
/// </summary>
internal sealed partial class SteadyPings
{
    private readonly string _namespace;
    private readonly string _destination;
    private readonly Thread _thread;
    private volatile bool _enough;
    private int _sent;
    private int _lost;

    public SteadyPings(string namespaceName, string destination)
    {
        _namespace = namespaceName;
        _destination = destination;
        _thread = new Thread(Run) { Name = "pings", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Ends the round under way.</summary>
    public (int Sent, int Lost) Stop()
    {
        _enough = true;
        _thread.Join();
        return (_sent, _lost);
    }

    private void Run()
    {
        while (!_enough)
        {
            var round = Tools.Run("ip", "netns", "exec", _namespace, "ping", "-6", "-n", "-q", "-i", "0.01", "-c", "50", "-W", "5", _destination);
            var match = Summary().Match(round.Output);
            if (!match.Success)
            {
                // It could not even begin.
                _lost++;
                return;
            }

            var sent = int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
            _sent += sent;
            _lost += sent - int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture);
        }
    }

    [GeneratedRegex(@"(\d+) packets transmitted, (\d+) received")]
    private static partial Regex Summary();
}
