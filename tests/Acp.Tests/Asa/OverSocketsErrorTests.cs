using Acp.Core.Grasp;

namespace Acp.Tests.AsaRoom;

public sealed class OverSocketsErrorTests : ErrorContract
{
    private protected override World Make(GraspOptions? options) => new SocketWorld(options);
}
