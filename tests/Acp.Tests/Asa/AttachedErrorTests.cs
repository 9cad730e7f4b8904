using Acp.Core.Grasp;

namespace Acp.Tests.AsaRoom;

public sealed class AttachedErrorTests : ErrorContract
{
    private protected override World Make(GraspOptions? options) => new AttachedWorld(options);
}
