using Acp.Asa;
using Acp.Asa.Embedded;
using Acp.Daemon.Agents.Prefixes;
using Acp.Wire;

namespace Acp.Tests.Agents;

/// <summary>A simulated node with a prefix manager.</summary>
internal sealed class PrefixBox(SimulatedGrasp network, SimulatedNode node, PrefixManagerOptions options, MemoryStore? store = null, PrefixLimits? limits = null)
{
    private readonly CancellationTokenSource _stop = new();

    public SimulatedNode Node => node;

    public MemoryStore Store { get; } = store ?? new MemoryStore();

    public MemoryPlaces Places { get; } = new();

    public List<string> Lines { get; } = [];

    public List<PrefixChange> Changes { get; } = [];

    public PrefixManager? Manager { get; private set; }

    public Task Running { get; private set; } = Task.CompletedTask;

    public IEnumerable<Ipv6Prefix> Held => Manager?.State().Roots.Where(r => r.From is not null).Select(r => r.Prefix) ?? [];

    public PrefixBox Start()
    {
        network.Run(() =>
        {
            Running = RunAsync();
            return Task.CompletedTask;
        });
        return this;
    }

    public void Stop() => network.Run(() =>
    {
        _stop.Cancel();
        return Task.CompletedTask;
    });

    private async Task RunAsync()
    {
        var asa = await node.Api.RegisterAsaAsync("prefix-manager").ConfigureAwait(false);
        Manager = new PrefixManager(asa, limits ?? new PrefixLimits(), Store, options, Places, network.Time, Changes.Add, Lines.Add);
        await Manager.RunAsync(_stop.Token).ConfigureAwait(false);
    }
}
