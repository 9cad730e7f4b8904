using Acp.Core;
using Acp.Core.Ikev2;
using Acp.Core.Node;
using Acp.Core.Rpl;
using Acp.Linux.Crypto;

namespace Acp.Daemon.Host;

/// <summary>What <see cref="RunOptions"/> mean to the node: its own defaults, but for what somebody said.</summary>
internal static class NodeSettings
{
    /// <param name="possible">What the data plane can do.</param>
    /// <exception cref="StartupException">Nothing of what was asked for is possible.</exception>
    public static NodeOptions Of(RunOptions options, IReadOnlyList<EspAlgorithm> possible, IReadOnlyList<Ppk> ppks)
    {
        var timers = options.Timers;
        var node = new NodeOptions();
        return new NodeOptions
        {
            Neighbors = options.Neighbors,
            RemoteMtu = options.NeighborMtu ?? node.RemoteMtu,
            Rpl = node.Rpl with { Preference = options.RplRoot ? RplOptions.ConfiguredRoot : node.Rpl.Preference },
            RankFactors = options.RankFactors,
            Dull = node.Dull with { Period = timers.Flood ?? node.Dull.Period },
            Grasp = node.Grasp with { FloodPolicies = options.FloodSigning, ExperimentalObjectives = options.ExperimentalObjectives },
            Adjacency = node.Adjacency with { FirstBackoff = timers.Backoff ?? node.Adjacency.FirstBackoff },
            Ikev2 = node.Ikev2 with
            {
                EspAlgorithms = EspAlgorithmsOf(options, possible),
                ForceEncapsulation = options.EncapsulateAlways,
                Ppks = ppks,
                PpkRequired = options.PpkRequired,
                RevealKeys = options.KeyLog is not null,
                LivenessIdle = timers.Dpd ?? node.Ikev2.LivenessIdle,
                RetransmitInitial = timers.Retransmit ?? node.Ikev2.RetransmitInitial,
                ChildSaLifetime = timers.Rekey ?? options.ChildLifetime ?? node.Ikev2.ChildSaLifetime,
                IkeSaLifetime = timers.Rekey ?? options.IkeLifetime ?? node.Ikev2.IkeSaLifetime,
                ChildSaOctets = options.ChildOctets,
                ChildSaPackets = options.ChildPackets,
            },
        };
    }

    /// <summary>The order asked for, or the one that this machine is faster with (E-07), of what the data plane has.</summary>
    private static IReadOnlyList<EspAlgorithm> EspAlgorithmsOf(RunOptions options, IReadOnlyList<EspAlgorithm> possible)
    {
        EspAlgorithm[] chosen = [.. (options.EspAlgorithms ?? EspSpeed.Order()).Where(possible.Contains)];
        return chosen.Length > 0
            ? chosen
            : throw new StartupException(ExitCode.System, $"--esp: the data plane has only {string.Join(", ", possible.Select(RunOptionsTable.NameOf))} here");
    }
}
