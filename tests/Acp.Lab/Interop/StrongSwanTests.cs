using Acp.Daemon.Control;
using Acp.Daemon.Lab;
using Acp.Lab.Refusals;

namespace Acp.Lab.Interop;

/// <summary>
/// The real daemon and strongSwan, both in user space, as configured remote neighbours over IPv6 with ESP in UDP (D-53,
/// E-17). What strongSwan cannot do without a kernel with ESP is in interop/.
/// </summary>
[Collection(nameof(LabCollection))]
public sealed class StrongSwanTests
{
    private const int We = 0;
    private const int They = 1;
    private const string OurAddress = "2001:db8::1";
    private const string TheirAddress = "2001:db8::2";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void D40_E17_rekeyed_by_either_side_without_loss_and_deleted(bool weInitiate)
    {
        StrongSwan.Need();
        using var domain = new TestDomain();
        using var lab = TwoBoxes(domain);
        var ourId = domain.Address(We + 1).ToString();
        var theirId = domain.Address(They + 1).ToString();
        using var strongSwan = new StrongSwan(
            lab.Plan.Boxes[They], $"{lab.Plan.Directory}/strongswan", theirId, TheirAddress, OurAddress);

        // Nobody answers at the other port, so that it is theirs to begin.
        lab.Start(We, "--interface", "!*", "--neighbor", weInitiate ? TheirAddress : $"[{TheirAddress}]:501");
        lab.Until("the daemon runs", Patience, () => lab.Status(We) is not null);
        if (!weInitiate)
            strongSwan.Initiate();
        OneOfEach();
        Assert.Equal(weInitiate ? "initiator" : "responder", Assert.Single(Channel().IkeSas).Role);

        strongSwan.Connect(theirId, ourId);
        Tools.Run("ip", "-n", lab.Plan.Boxes[We].Daemon.AcpNamespace, "-6", "route", "replace", $"{theirId}/128", "dev", Channel().Interface).Check();
        var ours = new SteadyPings(lab.Plan.Boxes[We].Daemon.AcpNamespace, theirId);
        var theirs = new SteadyPings(lab.Plan.Boxes[They].HostNamespace, ourId);
        Renews("we rekey the child SA", () => Wish(ChannelWish.RekeyChild), c => c.ChildSas[0].InboundSpi);
        Renews("they rekey the child SA", strongSwan.RekeyChildSa, c => c.ChildSas[0].InboundSpi);
        Renews("we rekey the IKE SA", () => Wish(ChannelWish.RekeyIke), c => c.IkeSas[0].InitiatorSpi);
        Renews("they rekey the IKE SA", strongSwan.RekeyIkeSa, c => c.IkeSas[0].InitiatorSpi);
        Renews("we rekey the child SA again", () => Wish(ChannelWish.RekeyChild), c => c.ChildSas[0].InboundSpi);
        var (sent, lost) = ours.Stop();
        Assert.True(sent > 0 && lost == 0, $"{lost} of our {sent} echo requests were lost");
        (sent, lost) = theirs.Stop();
        Assert.True(sent > 0 && lost == 0, $"{lost} of their {sent} echo requests were lost");

        if (weInitiate)
        {
            strongSwan.DeleteIkeSa();
            lab.Until("the channel is closed", Patience, () => lab.LogLines(We, "is down: PeerDelete").Any());
        }
        else
        {
            Wish(ChannelWish.Close);
            lab.Until("strongSwan has nothing left", Patience, () => strongSwan.Sas == (0, 0));
        }

        lab.Stop(We);

        ChannelReport Channel() => Assert.Single(lab.Channels(We)!);

        void OneOfEach() =>
            lab.Until($"one IKE SA and one child SA at both ends\n{strongSwan.Log}", Patience, () => lab.HasOneSettledChannel(We) && strongSwan.Sas == (1, 1));

        void Renews(string what, Action step, Func<ChannelReport, string> name)
        {
            var before = name(Channel());
            step();
            lab.Until(what, Patience, () => lab.HasOneSettledChannel(We) && name(Channel()) != before);
            OneOfEach();
        }

        void Wish(ChannelWish wish)
        {
            using var client = new ControlClient(lab.Plan.Boxes[We].Daemon.ControlSocket);
            client.WishAsync(TheirAddress, wish, CancellationToken.None).GetAwaiter().GetResult();
        }
    }

    /// <summary>RFC 8784 with somebody else's hand: the key is used, demanded by both, or the lack of it noticed.</summary>
    [Theory]
    [InlineData(true, true, true)]
    [InlineData(false, true, true)]
    [InlineData(true, false, true)]
    [InlineData(false, false, false)]
    public void Postquantum_preshared_keys_are_used_by_both(bool weInitiate, bool required, bool theyHaveIt)
    {
        StrongSwan.Need();
        using var domain = new TestDomain();
        using var lab = TwoBoxes(domain);
        const string key = "0x000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
        var file = $"{lab.Plan.Directory}/ppk";
        File.WriteAllText(file, $"lab-2026 {key}\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        using var strongSwan = new StrongSwan(
            lab.Plan.Boxes[They], $"{lab.Plan.Directory}/strongswan", domain.Address(They + 1).ToString(), TheirAddress, OurAddress,
            theyHaveIt ? ("lab-2026", key, required) : null);
        lab.Start(We, "--interface", "!*", "--neighbor", weInitiate ? TheirAddress : $"[{TheirAddress}]:501",
            "--ppk-file", file, "--ppk", required ? "required" : "optional");
        lab.Until("the daemon runs", Patience, () => lab.Status(We) is not null);
        if (!weInitiate)
            strongSwan.Initiate();
        lab.Until($"one IKE SA and one child SA at both ends\n{strongSwan.Log}", Patience, () => lab.HasOneSettledChannel(We) && strongSwan.Sas == (1, 1));
        Assert.Equal(theyHaveIt, Assert.Single(Assert.Single(lab.Channels(We)!).IkeSas).PpkUsed);
        lab.Stop(We);
    }

    /// <summary>Two boxes that reach each other on an ordinary network, where nobody speaks DULL.</summary>
    private static DaemonLab TwoBoxes(TestDomain domain)
    {
        var lab = new DaemonLab(new LabOptions { Nodes = 2 }, plan =>
        {
            domain.Enrol(plan.Boxes[We]);
            domain.Enrol(plan.Boxes[They]);
        });
        foreach (var (box, address) in new[] { (We, OurAddress), (They, TheirAddress) })
            Tools.Run("ip", "-n", lab.Plan.Boxes[box].HostNamespace, "addr", "add", $"{address}/64", "dev", "eth0", "nodad").Check();
        return lab;
    }
}
