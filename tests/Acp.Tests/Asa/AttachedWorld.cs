using Acp.Asa;
using Acp.Asa.Embedded;
using Acp.Core.Grasp;
using Acp.Daemon.Attach;
using Microsoft.Extensions.Logging.Abstractions;

namespace Acp.Tests.AsaRoom;

/// <summary>The engines of a <see cref="SocketWorld"/>, used through the sockets by which programs attach to acpd.</summary>
internal sealed class AttachedWorld : World
{
    private readonly SocketWorld _engines;
    private readonly List<(AttachServer Server, GraspApi Api)> _ends = [];
    private readonly string _directory = Directory.CreateTempSubdirectory("acp-attach").FullName;

    public AttachedWorld(GraspOptions? options)
    {
        _engines = new SocketWorld(options);
        Left = Attach(_engines.LeftNode);
        Right = Attach(_engines.RightNode);
    }

    public override GraspApi Left { get; }

    public override GraspApi Right { get; }

    public override Task Run(Task task) => _engines.Run(task);

    public override Acp.Asa.AsaLocator? Script(byte[]? answer) => _engines.Script(answer);

    public override async ValueTask DisposeAsync()
    {
        foreach (var (server, api) in _ends)
        {
            await api.DisposeAsync();
            await server.DisposeAsync();
        }
        await _engines.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private GraspApi Attach(GraspNode node)
    {
        var path = Path.Combine(_directory, $"{_ends.Count}.sock");
        var server = AttachServer.Start(path, node.Engine, NullLogger.Instance);
        var api = GraspApi.AttachAsync(path).GetAwaiter().GetResult();
        _ends.Add((server, api));
        return api;
    }
}
