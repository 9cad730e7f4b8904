using System.Globalization;

namespace Acp.Daemon.Bench;

/// <summary>An <see cref="IkeBenchEnd"/> in a child process.</summary>
internal sealed class AcpdIkePeer : IIkePeer
{
    private readonly AcpdChild _child;

    /// <param name="fresh">Judge every peer as if it were met for the first time.</param>
    public AcpdIkePeer(EspBenchSide side, EspBenchSide other, string stateDirectory, bool fresh) => _child = new AcpdChild(
        side.Outside, IkeBenchEnd.Command,
        $"{stateDirectory} {EspBenchSide.LinkName} {side.Link} {side.LinkLocal} {other.LinkLocal} {(fresh ? "fresh" : "known")}");

    public TunnelProcess Process => _child.Process;

    public (int Complete, TimeSpan Elapsed) Initiate(int count, int inFlight)
    {
        var answer = _child.Ask(string.Create(CultureInfo.InvariantCulture, $"initiate {count} {inFlight}"));
        return ((int)answer[0], TimeSpan.FromMicroseconds(answer[1]));
    }

    public void Clear() => _child.Ask("clear");

    /// <summary>After a collection: established IKE SAs, and octets of live objects.</summary>
    public (int Sas, long LiveOctets) Memory()
    {
        var answer = _child.Ask("memory");
        return ((int)answer[0], answer[1]);
    }

    public void Dispose() => _child.Dispose();
}
