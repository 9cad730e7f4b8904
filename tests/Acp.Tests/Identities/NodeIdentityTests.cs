using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Acp.Core.Identity;

namespace Acp.Tests.Identities;

/// <summary>A-16, F-11, F-12, F-14: which certificates can be our own.</summary>
public sealed class NodeIdentityTests : IDisposable
{
    private readonly Pki _pki = new();

    public void Dispose() => _pki.Dispose();

    [Theory]
    [InlineData("fd89b714f3db00000200000064000000@acp.example.com", NodeIdentityRefusal.None, "/127")]
    [InlineData("fd89b714f3db40000000000100000100@acp.example.com", NodeIdentityRefusal.None, "/120")]
    [InlineData("fd89b714f3db40000000000180010000@acp.example.com", NodeIdentityRefusal.None, "/112")]
    [InlineData("fd00000000010000020000006400000a@acp.example.com", NodeIdentityRefusal.None, "/127")] // F-07: not the hash's /48
    [InlineData("0@acp.example.com", NodeIdentityRefusal.NoAcpAddress, "")]
    [InlineData("@acp.example.com", NodeIdentityRefusal.NoAcpAddress, "")]
    [InlineData("fd89b714f3db00000200000064000001@acp.example.com", NodeIdentityRefusal.VBitsSet, "")]
    [InlineData("fd89b714f3db40000000000100000101@acp.example.com", NodeIdentityRefusal.VBitsSet, "")]
    [InlineData("fd89b714f3db40000000000180010100@acp.example.com", NodeIdentityRefusal.VBitsSet, "")]
    [InlineData("fd89b714f3db20000000000000000001@acp.example.com", NodeIdentityRefusal.ManualAddress, "")]
    [InlineData("fd89b714f3db80000000000000000000@acp.example.com", NodeIdentityRefusal.ReservedAddressType, "")]
    [InlineData("fd89b714f3dbc0000000000000000000@acp.example.com", NodeIdentityRefusal.ReservedAddressType, "")]
    [InlineData("20010db8000000000200000064000000@acp.example.com", NodeIdentityRefusal.NotUla, "")]
    public void A16_F07_F11_F12_F14_own_addresses(string text, NodeIdentityRefusal expected, string prefix)
    {
        Assert.True(AcpNodeName.TryParse(text, out var name, out _));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var leaf = _pki.Leaf(key, AcpNodeNameExtension.Create(name));
        var isOurs = NodeIdentity.TryCreate(leaf, [], [_pki.Root], new EcdsaSigningKey(key), out var identity, out var refusal, out _);
        Assert.Equal(expected, refusal);
        Assert.Equal(expected == NodeIdentityRefusal.None, isOurs);
        if (isOurs)
        {
            Assert.EndsWith(prefix, identity!.Prefix.ToString(), StringComparison.Ordinal);
            Assert.Equal(name.Address, identity.Address);
            Assert.Equal(identity.Address, identity.Prefix.Address);
        }
    }

    [Fact]
    public void A01_the_pieces_must_belong_together()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var foreign = new Pki(name: "CN=foreign");
        var leaf = _pki.Leaf(key);
        Assert.Equal(NodeIdentityRefusal.KeyMismatch, Try(leaf, other, _pki.Root));
        Assert.Equal(NodeIdentityRefusal.NoTrustAnchor, Try(leaf, key));
        Assert.Equal(NodeIdentityRefusal.BadTrustAnchor, Try(leaf, key, leaf));
        Assert.Equal(NodeIdentityRefusal.NoTrustAnchorPath, Try(leaf, key, foreign.Root));
        Assert.Equal(NodeIdentityRefusal.BadAcpNodeName, Try(_pki.Leaf(key, withoutName: true), key, _pki.Root));
        Assert.Equal(NodeIdentityRefusal.None, Try(leaf, key, _pki.Root, foreign.Root));
    }

    private static NodeIdentityRefusal Try(X509Certificate2 leaf, ECDsa key,
        params X509Certificate2[] anchors)
    {
        NodeIdentity.TryCreate(leaf, [], anchors, new EcdsaSigningKey(key), out _, out var refusal, out _);
        return refusal;
    }
}
