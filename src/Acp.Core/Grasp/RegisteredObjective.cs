using Acp.Wire;
using Acp.Wire.Grasp;

namespace Acp.Core.Grasp;

/// <summary>An objective as one ASA registered it, and whether that ASA serves it now.</summary>
internal sealed class RegisteredObjective(RegisteredAsa asa, GraspCommand.RegisterObjective registration)
{
    public RegisteredAsa Asa { get; } = asa;

    public string Name => Registration.Objective.Name;

    public ObjectiveFlags Flags => Registration.Objective.Flags;

    public GraspCommand.RegisterObjective Registration { get; } = registration;

    public int MaxMessageSize => Math.Max(Registration.MaxMessageSize, GraspConstants.GRASP_DEF_MAX_SIZE);

    /// <summary>From the first listen_negotiate to stop_listen_negotiate.</summary>
    public bool ListensForNegotiation { get; set; }

    /// <summary>listen_negotiate calls that wait for a request.</summary>
    public LinkedList<CommandId> Listeners { get; } = new();

    /// <summary>Requests that wait for a call.</summary>
    public LinkedList<NegotiationSession> Backlog { get; } = new();

    /// <summary>What listen_synchronize gave; null when it does not listen.</summary>
    public Objective? SynchronizationValue { get; set; }

    /// <summary>I-06.</summary>
    public bool IsDiscoverable => Registration.Discoverable || ListensForNegotiation || SynchronizationValue is not null;

    public ValueList<Locator> Locators => Registration.Locators;
}
