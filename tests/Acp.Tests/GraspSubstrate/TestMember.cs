using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Acp.Core.Identity;
using Acp.Tests.Identities;
using Acp.Wire;

namespace Acp.Tests.GraspSubstrate;

/// <summary>Certificates with their keys, as TLS wants them.</summary>
internal static class TestMember
{
    public static NodeIdentity Identity(Pki pki, Ipv6Address address)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var leaf = pki.Leaf(key, AcpNodeNameExtension.Create(AcpNodeName.Create(address, "", Pki.Domain)), subject: $"CN={address}");
        Assert.True(NodeIdentity.TryCreate(leaf.CopyWithPrivateKey(key), [], [pki.Root], new EcdsaSigningKey(key), out var identity, out _, out var detail), detail);
        return identity;
    }

    /// <summary>For .NET's own TLS, at a peer that is not ours.</summary>
    public static X509Certificate2 Certificate(Pki pki, X509Extension? name = null, DateTimeOffset? until = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var leaf = pki.Leaf(key, name, from: Pki.Now.AddYears(-1), until: until);
        using var both = leaf.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(both.Export(X509ContentType.Pkcs12), null);
    }
}
