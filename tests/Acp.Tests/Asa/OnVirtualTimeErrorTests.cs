using Acp.Core.Grasp;
using Acp.Wire.Grasp;

namespace Acp.Tests.AsaRoom;

public sealed class OnVirtualTimeErrorTests : ErrorContract
{
    private protected override World Make(GraspOptions? options) => new VirtualWorld(options);

    // On virtual time these come from the engine's own tests, with a scripted peer.
    private protected override IReadOnlyList<GraspError> NeedScript => [GraspError.noSynchReply, GraspError.noValidSynch];
}
