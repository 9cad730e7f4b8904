using System.CommandLine;
using Acp.Daemon.Bench;

namespace Acp.Daemon.Commands;

/// <summary><c>acpd bench</c>: measurements on this machine.</summary>
internal static class BenchCommand
{
    public static Command Create()
    {
        var bench = new Command("bench", "Measures on this machine.");
        bench.Subcommands.Add(EspBenchCommand.Create());
        bench.Subcommands.Add(IkeBenchCommand.Create());
        bench.Subcommands.Add(GraspBenchCommand.Create());
        var end = new Command(EspBenchEnd.Command, "One end of the tunnel that 'bench esp' measures.") { Hidden = true };
        end.SetAction(_ => EspBenchEnd.Run());
        bench.Subcommands.Add(end);
        var ikeEnd = new Command(IkeBenchEnd.Command, "One end of the handshakes that 'bench ike' measures.") { Hidden = true };
        ikeEnd.SetAction(_ => IkeBenchEnd.Run());
        bench.Subcommands.Add(ikeEnd);
        bench.Subcommands.Add(GraspBenchCommand.CreateEnd());
        bench.Subcommands.Add(GraspBenchCommand.CreateEnemy());
        return bench;
    }
}
