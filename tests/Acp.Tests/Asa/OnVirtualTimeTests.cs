using Acp.Core.Grasp;

namespace Acp.Tests.AsaRoom;

/// <summary>The same agents where a minute takes no time.</summary>
public sealed class OnVirtualTimeTests : ApiContract
{
    private protected override World Make(GraspOptions? options) => new VirtualWorld(options);
}
