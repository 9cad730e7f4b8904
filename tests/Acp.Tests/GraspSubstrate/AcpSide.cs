using Acp.Asa;
using Acp.Asa.Embedded;
using Acp.Core.Grasp;
using Acp.Core.Identity;
using Acp.Core.Time;
using Acp.Linux.Crypto;
using Acp.Linux.Grasp;
using Acp.Linux.Loop;
using Acp.Linux.Namespaces;
using Acp.Linux.Tls;
using Acp.Tests.Identities;
using Acp.Wire;
using Acp.Wire.Grasp;

namespace Acp.Tests.GraspSubstrate;

/// <summary>GRASP of one ACP node with real sockets and a loop of its own, one cable of a test for its only channel.</summary>
internal sealed class AcpSide : IAsyncDisposable
{
    private static readonly GraspInterfaceId Channel = new(1);

    private readonly EventLoop _loop = new();
    private readonly Thread _thread;
    private readonly AcpGrasp _grasp;
    private readonly TlsContext _tls;
    private readonly AcpSubstrate _substrate;
    private readonly EnginePort _port;
    private readonly NodeIdentity _identity;
    private bool _settling;

    public AcpSide(
        NetworkNamespace where, NodeIdentity identity, Ipv6Address linkLocal, int cable, Func<AcpSubstrateOptions, AcpSubstrateOptions>? limits,
        FloodingOptions? flooding, Func<DateTimeOffset?>? date = null)
    {
        _identity = identity;
        _grasp = new AcpGrasp(new GraspOptions(), flooding ?? new FloodingOptions(), new OsRandom());
        _tls = new TlsContext(identity, date ?? (() => Pki.Now));
        var options = new AcpSubstrateOptions { AcpAddress = identity.Address };
        _substrate = new AcpSubstrate(_loop, where, limits?.Invoke(options) ?? options, _grasp, _tls, Settle) { Noticed = Facts.Add };
        _port = new EnginePort(_grasp.Engine, work => _loop.Post(() =>
        {
            work(BootClock.Now);
            Settle();
        }));
        Api = new GraspApi(_port);
        LinkLocal = linkLocal;
        _substrate.AddChannel(Channel, cable);
        var now = BootClock.Now;
        _grasp.Engine.SetAddress(now, identity.Address, GraspConstants.GRASP_LISTEN_PORT);
        _grasp.Engine.SetOperational(now, true);
        _grasp.HandleChannelUp(now, new GraspInterface(Channel, GraspInterfaceKind.Channel, linkLocal));
        Settle();
        _thread = new Thread(() => _loop.Run(
            () => Instant.Earlier(_grasp.NextDeadline, _substrate.NextDeadline),
            at =>
            {
                _substrate.HandleTime(at);
                _grasp.HandleTime(at);
                Settle();
            }))
        { IsBackground = true, Name = $"grasp {identity.Address}" };
        _thread.Start();
    }

    public GraspApi Api { get; }

    public Ipv6Address LinkLocal { get; }

    public Ipv6Address AcpAddress => _identity.Address;

    /// <summary>On the loop's thread.</summary>
    public List<SubstrateFact> Facts { get; } = [];

    /// <summary>Looks at it on its own thread.</summary>
    public Task<T> Ask<T>(Func<AcpGrasp, AcpSubstrate, T> question) => _loop.InvokeAsync(() => question(_grasp, _substrate));

    /// <summary>Until it holds, for a while.</summary>
    public async Task Until(string what, Func<AcpGrasp, AcpSubstrate, bool> holds)
    {
        for (var tries = 0; tries < 1000; tries++)
        {
            if (await Ask(holds))
                return;
            await Task.Delay(10);
        }
        Assert.Fail($"not within ten seconds: {what}");
    }

    public void HearNeighbor(Ipv6Address neighbor) => _loop.Post(() =>
    {
        _grasp.HandleNeighborHeard(BootClock.Now, Channel, neighbor);
        Settle();
    });

    public void SetRevocation(RevocationLists lists) => _loop.Post(() => _substrate.SetRevocation(lists));

    public void HandleDate() => _loop.Post(() => _substrate.HandleDate(BootClock.Now));

    public async ValueTask DisposeAsync()
    {
        await _loop.InvokeAsync(() =>
        {
            _port.Stop();
            return 0;
        });
        _loop.Stop();
        _thread.Join();
        _substrate.Dispose();
        _tls.Dispose();
        _loop.Dispose();
        _identity.Dispose();
    }

    private void Settle()
    {
        if (_settling)
            return;
        _settling = true;
        var more = true;
        while (more)
        {
            more = false;
            _grasp.Settle(BootClock.Now);
            while (_grasp.Actions.TryTake(out var action))
            {
                more = true;
                if (action is GraspAction.Complete complete)
                    _port.HandleComplete(BootClock.Now, complete.Command, complete.Result);
                else
                    _substrate.Perform(action);
            }
        }
        _grasp.Facts.Drain();
        _settling = false;
    }
}
