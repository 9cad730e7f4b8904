using System.Globalization;

namespace Acp.Daemon.Bench;

/// <summary>An <see cref="IkeBenchEnd"/> in a child process.</summary>
internal sealed class AcpdIkePeer : IIkePeer
{
    /// <param name="fresh">Judge every peer as if it were met for the first time.</param>
    public AcpdIkePeer(EspBenchSide side, EspBenchSide other, string stateDirectory, bool fresh)
    {
        // A framework-dependent build runs inside "dotnet", which then needs to be told the assembly.
        var program = Environment.ProcessPath!;
        string[] arguments = ["bench", IkeBenchEnd.Command];
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
            arguments = [Path.Combine(AppContext.BaseDirectory, "acpd.dll"), .. arguments];
        Process = TunnelProcess.Start(side.Outside, program, arguments);
        try
        {
            Ask($"{stateDirectory} {EspBenchSide.LinkName} {side.Link} {side.LinkLocal} {other.LinkLocal} {(fresh ? "fresh" : "known")}");
        }
        catch
        {
            Process.Dispose();
            throw;
        }
    }

    public TunnelProcess Process { get; }

    public (int Complete, TimeSpan Elapsed) Initiate(int count, int inFlight)
    {
        var answer = Ask(string.Create(CultureInfo.InvariantCulture, $"initiate {count} {inFlight}"));
        return ((int)answer[0], TimeSpan.FromMicroseconds(answer[1]));
    }

    public void Clear() => Ask("clear");

    /// <summary>After a collection: established IKE SAs, and octets of live objects.</summary>
    public (int Sas, long LiveOctets) Memory()
    {
        var answer = Ask("memory");
        return ((int)answer[0], answer[1]);
    }

    public void Dispose() => Process.Dispose();

    private long[] Ask(string line)
    {
        Process.Input.WriteLine(line);
        Process.Input.Flush();
        var answer = Process.Output.ReadLine()?.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (answer is not ["ok", .. var numbers])
            throw new BenchException($"an acpd child process did not do '{line.Split(' ')[0]}'; its message is above");
        return [.. numbers.Select(n => long.Parse(n, CultureInfo.InvariantCulture))];
    }
}
