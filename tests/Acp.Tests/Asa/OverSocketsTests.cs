using Acp.Core.Grasp;

namespace Acp.Tests.AsaRoom;

/// <summary>Two engines, two namespaces, UDP multicast and TCP between them.</summary>
public sealed class OverSocketsTests : ApiContract
{
    private protected override World Make(GraspOptions? options) => new SocketWorld(options);
}
