using Acp.Daemon.Ca;
using Acp.Daemon.Identity;
using Acp.Wire;

namespace Acp.Daemon.Bench;

/// <summary>A small ACP domain of two nodes, in a directory that goes with this object.</summary>
internal sealed class GraspBenchDomain : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("acpbench").FullName;

    public GraspBenchDomain()
    {
        try
        {
            var now = DateTimeOffset.UtcNow;
            using var ca = DomainCa.Init($"{_directory}/ca", "acp.bench.example", KeyAlgorithm.EcdsaP256, TimeSpan.FromDays(2), withIntermediate: false, now);
            foreach (var directory in (string[])[ServerDirectory, CallerDirectory])
            {
                ca.Issue(new IssueRequest { Directory = directory, Name = Path.GetFileName(directory), NotAfter = now.AddDays(1) }, now).Dispose();
            }

            ServerAddress = AddressIn(ServerDirectory);
            CallerAddress = AddressIn(CallerDirectory);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public string ServerDirectory => $"{_directory}/server";

    public string CallerDirectory => $"{_directory}/caller";

    public Ipv6Address ServerAddress { get; }

    public Ipv6Address CallerAddress { get; }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static Ipv6Address AddressIn(string directory)
    {
        using var identity = StateDirectory.Load(directory, null).Identity;
        return identity?.Address ?? throw new BenchException($"no identity in {directory}");
    }
}
