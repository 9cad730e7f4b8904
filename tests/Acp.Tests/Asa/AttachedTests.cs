using Acp.Core.Grasp;

namespace Acp.Tests.AsaRoom;

/// <summary>The same agents in programs of their own, attached by a Unix socket.</summary>
public sealed class AttachedTests : ApiContract
{
    private protected override World Make(GraspOptions? options) => new AttachedWorld(options);
}
