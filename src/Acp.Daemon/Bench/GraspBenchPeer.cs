using System.Globalization;
using Acp.Linux.Namespaces;
using Acp.Wire;

namespace Acp.Daemon.Bench;

/// <summary>A <see cref="GraspBenchEnd"/> in a child process.</summary>
internal sealed class GraspBenchPeer : IDisposable
{
    private readonly AcpdChild _child;

    public GraspBenchPeer(NetworkNamespace where, string links) => _child = new AcpdChild(where, GraspBenchEnd.Command, links);

    public TunnelProcess Process => _child.Process;

    /// <summary>Starts its engine, standalone and in the clear, and gives the TCP port of it.</summary>
    /// <param name="keepsStreams">Kept for the next session; or one stream for each.</param>
    public ushort Start(bool keepsStreams = true) => (ushort)_child.Ask($"start {Word(keepsStreams)}")[0];

    /// <summary>Starts its engine as inside an ACP, with TLS.</summary>
    public void StartTls(string stateDirectory, ushort port, bool keepsStreams) =>
        _child.Ask(string.Create(CultureInfo.InvariantCulture, $"start tls {stateDirectory} {port} {Word(keepsStreams)}"));

    /// <summary>Offers what the others call for.</summary>
    public void Serve() => _child.Ask("serve");

    /// <summary>A batch of calls.</summary>
    public (int Complete, TimeSpan Elapsed) Call(string call, Ipv6Address address, ushort port, int count, int atOnce)
    {
        var answer = _child.Ask(string.Create(CultureInfo.InvariantCulture, $"{call} {address} {port} {count} {atOnce}"));
        return ((int)answer[0], TimeSpan.FromMicroseconds(answer[1]));
    }

    /// <summary>Discoveries one by one, with a pause between: how long each took.</summary>
    public IReadOnlyList<TimeSpan> DiscoverBeyond(int count) =>
        [.. _child.Ask(string.Create(CultureInfo.InvariantCulture, $"beyond {count}")).Select(m => TimeSpan.FromMicroseconds(m))];

    /// <summary>Floods at this rate, and gives the time it took.</summary>
    public TimeSpan Flood(int count, int perSecond) =>
        TimeSpan.FromMicroseconds(_child.Ask(string.Create(CultureInfo.InvariantCulture, $"flood {count} {perSecond}"))[0]);

    /// <summary>Floods received so far, once no more come.</summary>
    public long Floods() => _child.Ask("floods")[0];

    /// <summary>Octets of live objects, after a collection.</summary>
    public long LiveOctets() => _child.Ask("memory")[0];

    public void Dispose() => _child.Dispose();

    private static string Word(bool keepsStreams) => keepsStreams ? "keep" : "close";
}
