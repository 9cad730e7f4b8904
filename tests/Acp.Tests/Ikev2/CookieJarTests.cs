using Acp.Core;
using Acp.Core.Ikev2;
using Acp.Core.Time;
using Acp.Wire;

namespace Acp.Tests.Ikev2;

/// <summary>Stateless cookies (RFC 7296 §2.6; D-11): who gets one back, and for how long it counts.</summary>
public class CookieJarTests
{
    private static readonly Instant Start = new(123_456_789_000_000);
    private static readonly IkePath Path = new(new LinkId(7), Ipv6Address.Parse("fe80::a"), 500, Ipv6Address.Parse("fe80::b"), 500);
    private static readonly byte[] Nonce = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    [Fact]
    public void D11_a_cookie_is_good_for_one_to_two_minutes()
    {
        var jar = new CookieJar(new SeededRandom(1));
        var cookie = jar.Make(Start, Path, 99, Nonce);
        Assert.InRange(cookie.Length, 1, 64);
        Assert.True(jar.IsValid(Start, cookie, Path, 99, Nonce));
        Assert.True(jar.IsValid(Start + TimeSpan.FromMinutes(1) - TimeSpan.FromTicks(1), cookie, Path, 99, Nonce));
        // The secret has changed, and the last one still counts.
        Assert.True(jar.IsValid(Start + TimeSpan.FromMinutes(1), cookie, Path, 99, Nonce));
        Assert.NotEqual(cookie, jar.Make(Start + TimeSpan.FromMinutes(1), Path, 99, Nonce));
        Assert.False(jar.IsValid(Start + TimeSpan.FromMinutes(2), cookie, Path, 99, Nonce));
    }

    [Fact]
    public void D11_after_a_long_rest_no_old_cookie_counts()
    {
        var jar = new CookieJar(new SeededRandom(2));
        var cookie = jar.Make(Start, Path, 99, Nonce);
        Assert.False(jar.IsValid(Start + TimeSpan.FromMinutes(5), cookie, Path, 99, Nonce));
    }

    [Fact]
    public void D11_it_belongs_to_its_sender_and_every_bit_counts()
    {
        var jar = new CookieJar(new SeededRandom(3));
        var cookie = jar.Make(Start, Path, 99, Nonce);
        Assert.False(jar.IsValid(Start, cookie, Path, 98, Nonce));
        Assert.False(jar.IsValid(Start, cookie, Path with { Remote = Ipv6Address.Parse("fe80::c") }, 99, Nonce));
        Assert.False(jar.IsValid(Start, cookie, Path with { Link = new LinkId(8) }, 99, Nonce));
        Assert.False(jar.IsValid(Start, cookie, Path with { RemotePort = 501 }, 99, Nonce));
        Assert.False(jar.IsValid(Start, cookie, Path, 99, new byte[32]));
        for (var length = 0; length < cookie.Length; length++)
            Assert.False(jar.IsValid(Start, cookie.AsSpan(0, length), Path, 99, Nonce));
        for (var i = 0; i < cookie.Length; i++)
        {
            var bent = cookie.ToArray();
            bent[i] ^= 4;
            Assert.False(jar.IsValid(Start, bent, Path, 99, Nonce));
        }
    }
}
