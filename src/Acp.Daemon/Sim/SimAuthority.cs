using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Acp.Core;
using Acp.Core.Identity;
using Acp.Core.Ikev2;
using Acp.Core.Time;
using Acp.Daemon.Ca;
using Acp.Simulation.Security;
using Acp.Wire;

namespace Acp.Daemon.Sim;

/// <summary>
/// Real certificates for simulated nodes: P-256, each domain with a CA of its own, judged by the check that a box makes. All keys stay in
/// this process and go with it.
/// </summary>
internal sealed class SimAuthority : ISimulatedAuthority, IDisposable
{
    /// <summary>Certificates begin so long before they end: clocks that are behind are no matter here, nor with toys.</summary>
    private static readonly TimeSpan Span = TimeSpan.FromDays(20 * 365);

    private readonly Dictionary<string, (X509Certificate2 Certificate, ECDsa Key)> _cas = [];
    private readonly List<NodeIdentity> _identities = [];

    public SimulatedCredentials Issue(string name, Ipv6Address acpAddress, string domain, DateTimeOffset notAfter)
    {
        if (!_cas.TryGetValue(domain, out var ca))
        {
            var caKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            ca = (AcpCertificate.ForCa(new AcpCertificate.Subject(domain, "ACP CA"), caKey, null, null, notAfter - Span, notAfter + Span, null), caKey);
            _cas.Add(domain, ca);
        }

        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var nodeName = AcpNodeName.Create(acpAddress, "", domain);
        var leaf = AcpCertificate.ForNode(
            new AcpCertificate.Subject(domain, name), nodeName, key, ca.Certificate, ca.Key, notAfter - Span, notAfter);
        if (!NodeIdentity.TryCreate(leaf, [], [ca.Certificate], new EcdsaSigningKey(key), out var identity, out var refusal, out var detail))
            throw new InvalidOperationException($"{name}: {refusal}, {detail}");
        _identities.Add(identity);
        return new SimulatedCredentials(name, acpAddress, domain, notAfter, identity.CertificatePayloads(true), [identity.CertificationAuthorities()],
            new PeerAuthentication(identity));
    }

    public AuthSignature Sign(SimulatedCredentials own, Ikev2Action.SignAuth question) =>
        Of(own).Sign(question.Octets.Span, question.PeerHashes) ?? new AuthSignature([], []);

    public PeerVerdict Judge(SimulatedCredentials own, Ikev2Action.VerifyPeer question, DateTimeOffset? date) =>
        Of(own).Verify(question.Certificates, question.IdType, question.IdData.Span, question.SignedOctets.Span,
            question.AlgorithmIdentifier, question.Signature.Span, date is { } known ? new WallClock(known, default) : default, default);

    public void Dispose()
    {
        foreach (var identity in _identities)
            identity.Dispose();
        foreach (var ca in _cas.Values)
        {
            ca.Certificate.Dispose();
            ca.Key.Dispose();
        }
    }

    private static PeerAuthentication Of(SimulatedCredentials own) => (PeerAuthentication)own.Key!;
}
