using Acp.Core.Ikev2;

namespace Acp.Tests.Ikev2;

/// <summary>Keys leave the machine only when asked for, and never by being printed.</summary>
public sealed class KeyRevealTests
{
    [Fact]
    public void Without_the_option_no_IKE_key_leaves_the_machine()
    {
        using var world = new IkeWorld();
        Connect(world);
        Assert.DoesNotContain(world.A.Actions.Concat(world.B.Actions), a => a is Ikev2Action.RevealIkeKeys);
    }

    [Fact]
    public void With_it_both_ends_give_out_the_same_keys_once_per_IKE_SA()
    {
        using var world = new IkeWorld(new Ikev2Options { RevealKeys = true });
        Connect(world);
        var channel = Assert.Single(world.A.Channels.Keys);
        world.A.Machine.RekeyIkeSa(world.Now, channel);
        world.A.Perform();
        world.Run(TimeSpan.FromSeconds(2));

        var ours = world.A.Actions.OfType<Ikev2Action.RevealIkeKeys>().ToList();
        var theirs = world.B.Actions.OfType<Ikev2Action.RevealIkeKeys>().ToList();
        Assert.Equal(2, ours.Count);
        Assert.Equal(ours.Select(k => k.IkeSa), theirs.Select(k => k.IkeSa));
        Assert.Equal(2, ours.Select(k => k.IkeSa).Distinct().Count());
        foreach (var (a, b) in ours.Zip(theirs))
        {
            Assert.True(a.SkEi.FixedTimeEquals(b.SkEi.Span));
            Assert.True(a.SkEr.FixedTimeEquals(b.SkEr.Span));
            Assert.False(a.SkEi.FixedTimeEquals(a.SkEr.Span));
            Assert.Equal(a.Suite.EncryptionKeyLength, a.SkEi.Length);
            Assert.Equal(a.Suite.IntegrityKeyLength, a.SkAi.Length);
        }
    }

    [Fact]
    public void The_action_prints_without_its_keys()
    {
        using var world = new IkeWorld(new Ikev2Options { RevealKeys = true });
        Connect(world);
        foreach (var keys in world.A.Actions.OfType<Ikev2Action.RevealIkeKeys>())
        {
            var text = keys.ToString();
            Assert.Contains(keys.Suite.ToString(), text, StringComparison.Ordinal);
            Assert.DoesNotContain(Convert.ToHexString(keys.SkEi.Span[..4]), text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(Convert.ToHexString(keys.SkEr.Span[..4]), text, StringComparison.OrdinalIgnoreCase);
        }
    }

    private static void Connect(IkeWorld world)
    {
        world.A.Initiate(IkeWorld.Link1, world.B);
        world.Run(TimeSpan.FromSeconds(2));
        Assert.Single(world.A.Channels);
        Assert.Single(world.B.Channels);
    }
}
