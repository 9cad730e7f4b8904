using Acp.Core;
using Acp.Core.Identity;
using Acp.Core.Ikev2;
using Acp.Wire;

namespace Acp.Simulation.Security;

/// <summary>Issues the nodes' certificates, and answers what nodes ask whoever holds keys and checks chains.</summary>
public interface ISimulatedAuthority
{
    /// <param name="domain">Nodes of different domains refuse each other.</param>
    SimulatedCredentials Issue(string name, Ipv6Address acpAddress, string domain, DateTimeOffset notAfter);

    /// <summary>Signs as the owner of these credentials.</summary>
    AuthSignature Sign(SimulatedCredentials own, Ikev2Action.SignAuth question);

    /// <summary>Judges a peer for the owner of these credentials.</summary>
    /// <param name="date">What the owner believes; null when it does not know.</param>
    PeerVerdict Judge(SimulatedCredentials own, Ikev2Action.VerifyPeer question, DateTimeOffset? date);
}
