using Acp.Core.Time;
using Acp.Linux.DataPlane;
using Acp.Linux.Interop;
using Acp.Linux.Links;
using Acp.Linux.Loop;
using Acp.Linux.Netlink;

namespace Acp.Daemon.Host;

/// <summary>
/// Puts back what others take away from under a running node: the host's window, its addresses and routes, channel
/// interfaces, routes of the ACP (F-03). Interfaces and addresses are heard of at once; routes are looked at now and
/// then, for the news about a whole host's routes would be a flood. (Links in the abutment namespace are the link
/// manager's own.) The loop's.
/// </summary>
internal sealed class Caretaker(EventLoop loop, HostWindow window, NodeShell shell, NodeLog log, TimeSpan interval)
{
    /// <summary>After a repair that the system refused.</summary>
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    private bool _posted;
    private string? _problem;

    public Instant NextDeadline { get; private set; } = BootClock.Now + interval;

    /// <summary>For <see cref="LinkManager.Overhear"/>.</summary>
    public void Overhear(LinkNews news)
    {
        if (_posted || !(window.IsHurtBy(news) || shell.MayBeHurtBy(news)))
            return;

        // Not at once: more such news is probably waiting behind this one.
        _posted = true;
        loop.Post(() =>
        {
            _posted = false;
            Repair(window.Reconcile);
        });
    }

    public void HandleTime(Instant now)
    {
        if (now < NextDeadline)
            return;
        NextDeadline = now + interval;

        // After a failure the whole window is in question.
        Repair(_problem is null ? window.PutRoutes : window.Reconcile);
    }

    private void Repair(Action window)
    {
        try
        {
            shell.Channels.Check();
            shell.Channels.ReconcileRoutes();
            window();
            _problem = null;
        }
        catch (Exception e) when (e is NetlinkException or SystemCallException or DataPlaneException)
        {
            // Somebody's name in our way, or an interface that vanished while we looked. Said once.
            if (_problem != e.Message)
                log.RepairFailed(e.Message);
            _problem = e.Message;
            NextDeadline = BootClock.Now + Retry;
        }
    }
}
