using Acp.Core;

namespace Acp.Simulation.Topologies;

/// <summary>
/// The k-ary fat-tree (Al-Fares, Loukissas, Vahdat 2008): (k/2)² core switches and k pods of k/2 aggregation and k/2 edge switches.
/// k is the largest even number whose 5k²/4 switches there are boxes for; what is left over are hosts, dealt out to the edge switches.
/// </summary>
public sealed class FatTreeTopology : TopologyGenerator
{
    public override string Name => "fat-tree";

    public override string Description => "k-ary: core, pods of aggregation and edge switches; boxes left over are hosts";

    public override int LeastNodes => 5;

    /// <summary>k: ports of each switch, pods in all.</summary>
    public static int PortsOf(int nodes)
    {
        var k = 2;
        while (5L * (k + 2) * (k + 2) / 4 <= nodes)
            k += 2;
        return k;
    }

    private protected override void Draw(TopologyDraft draft, RandomSource random)
    {
        var k = PortsOf(draft.Nodes);
        var half = k / 2;
        var core = half * half;
        for (var pod = 0; pod < k; pod++)
        {
            var aggregation = core + (pod * k);
            var edge = aggregation + half;
            for (var a = 0; a < half; a++)
            {
                draft.SetTier(aggregation + a, 1);
                for (var c = 0; c < half; c++)
                    draft.Join((a * half) + c, aggregation + a);
                for (var e = 0; e < half; e++)
                    draft.Join(aggregation + a, edge + e);
            }

            for (var e = 0; e < half; e++)
                draft.SetTier(edge + e, 2);
        }

        var switches = core + (k * k);
        var edges = k * half;
        for (var host = switches; host < draft.Nodes; host++)
        {
            draft.SetTier(host, 3);
            var e = (int)((long)(host - switches) * edges / (draft.Nodes - switches));
            draft.Join(core + (e / half * k) + half + (e % half), host);
        }
    }
}
