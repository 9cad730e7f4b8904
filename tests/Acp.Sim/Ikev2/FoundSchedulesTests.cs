using Acp.Explorer;

namespace Acp.Sim.Ikev2;

/// <summary>
/// Schedules that once broke something, as short as they could be made. Play one step by step with
/// <c>dotnet run --project tests/Acp.Explorer -c Release -- play "SCHEDULE"</c>.
/// </summary>
public class FoundSchedulesTests
{
    /// <summary>A doubled INVALID_KE_PAYLOAD ended an initiation that had already taken the wished group.</summary>
    [Theory]
    [InlineData("seed=5 setup=group want=none expect=Unbroken; 0 A Initiate; #0 1 1")]
    [InlineData("seed=5 setup=group want=none expect=Unbroken; 0 A Initiate; #1 1 1")]
    [InlineData("seed=5 setup=group want=none expect=Unbroken; 0 A Initiate; #0 after 1")]
    [InlineData("seed=5 setup=group want=none expect=Unbroken; 0 A Initiate; #1 after 3")]
    public void A_doubled_invalid_ke_payload_is_ignored(string schedule) => Play(schedule);

    /// <summary>
    /// Both initiated, the answer that would complete the Decider's attempt was lost for good, and the Follower deleted the only SA that
    /// both had, since it took the other for established at both ends.
    /// </summary>
    [Theory]
    [InlineData("seed=7346 setup=hasty want=A expect=Either; 0 B Initiate; #2 lost; #5 lost; #8 lost; #10 lost; #19 lost; #20 lost; #21 lost")]
    [InlineData("seed=26919 setup=plain want=A expect=Either; 0 B Initiate; 630 B Mute 11963; #0 2954.7731; #3 355.9964; #6 lost")]
    public void The_follower_keeps_the_surplus_until_the_peer_has_the_other(string schedule) => Play(schedule);

    /// <summary>
    /// While a rekeyed IKE SA was being deleted, an INVALID_IKE_SPI from a peer whose answer had been lost ended it at once, with the child
    /// SAs that the peer still used.
    /// </summary>
    [Theory]
    [InlineData("seed=14189 setup=short-lives want=B expect=Either answers=4.5; 0.8 A Initiate; 1042.8 A RekeyChild; 7713.8 B RekeyChild; #0 lost; #1 lost; #2 55.47; #3 43.27; #4 lost; #7 40.22; #9 58.98; #10 45.34; #11 lost; #14 lost; #16 lost; #17 lost; #25 lost")]
    public void A_closing_ike_sa_does_not_believe_an_unprotected_notify(string schedule) => Play(schedule);

    /// <summary>
    /// An IKE SA became surplus while it was being rekeyed: of the two SAs to be closed the old one went first, with child SAs that the
    /// peer had moved to the new one and still used.
    /// </summary>
    [Theory]
    [InlineData("seed=125649 setup=cookie want=AB expect=Either; 454 A RekeyIke; 454 B RekeyChild; #0 8.63 6.76; #1 3.92; #2 5.21; #3 4.13; #4 1.95; #5 4.57; #10 1267.6587; #14 9645.2547; #17 7.29 3.87; #20 8.37 2.74; #21 6.2; #23 8.01")]
    [InlineData("seed=159799 setup=fragments want=AB expect=Either; 1046 B RekeyChild; 1046 A RekeyIke; #0 5.28; #1 5; #2 7.32; #6 lost; #10 lost; #15 7.8; #16 5.47; #20 2071.446; #26 lost; #28 732.8039; #36 lost")]
    public void What_a_closing_ike_sa_was_rekeyed_to_takes_its_child_sas_along(string schedule) => Play(schedule);

    /// <summary>The same, but that it was the peer's rekeying which stayed, and its DELETE of the old one that told.</summary>
    [Theory]
    [InlineData("seed=931480 setup=plain want=AB expect=Either; 4083.5 B RekeyIke; 4083.5 A RekeyIke; #0 1621.0605; #2 lost; #3 25.25; #5 lost; #6 lost; #7 2918.2065; #8 38.94; #9 lost; #10 35.73; #11 lost; #14 lost; #15 lost; #16 52.81; #17 31.93")]
    public void What_the_peer_rekeyed_a_closing_ike_sa_to_takes_its_child_sas_along(string schedule) => Play(schedule);

    /// <summary>Of two IKE SAs to be closed the DELETE of the new one overtook that of the old one, which still had the peer's child SAs.</summary>
    [Theory]
    [InlineData("seed=486858 setup=fragments want=B expect=Either; 0 A Initiate; 2643 B RekeyIke; 2643 A RekeyIke; #0 lost; #1 lost; #4 lost; #7 51.57; #9 lost; #15 lost; #18 lost; #27 43.17; #28 48.18; #35 lost; #36 lost; #37 41.01; #39 lost; #41 48.12")]
    public void What_a_closing_ike_sa_was_rekeyed_to_is_closed_after_it(string schedule) => Play(schedule);

    /// <summary>An IKE SA whose peer fell silent while it was closing ended without a fact that said so.</summary>
    [Theory]
    [InlineData("seed=180848 setup=detours want=AB expect=Either answers=0; 0 A Initiate; 1614 A Crash; 5718 A RekeyIke; 5723 B Close; 5723 A RekeyChild; 8013.3 A Mute 33318; 8015.7 A RekeyIke; #3 lost; #26 9.88; #27 25; #28 19.8; #32 57.17; #33 12.23; #34 26.2; #35 30.05; #36 34.23; #38 41.59; #42 52.3; #43 46.67; #44 47.18")]
    [InlineData("seed=399670 setup=hasty want=A expect=Either answers=0; 0 B Initiate; 1565.2 B RekeyChild; 1569.6 A RekeyIke; #0 3543.4444; #1 524.927; #2 2004.5015; #4 413.3663; #5 lost; #6 lost; #11 11880.7285; #12 8795.2494; #18 5078.2629; #20 8816.5457; #22 lost; #23 lost; #25 8912.181")]
    public void Silence_ends_a_closing_ike_sa_with_a_fact(string schedule) => Play(schedule);

    /// <summary>On an IKE SA that waited to be closed a child SA was still made for the peer, and the channel opened anew for a moment.</summary>
    [Theory]
    [InlineData("seed=491193 setup=plain want=AB expect=Either answers=0; 0 B Initiate; 23317 B RekeyIke; 23321.1 A RekeyChild; 23323.1 B Close; #0 lost; #1 lost; #2 2.85 2.11; #5 lost; #6 lost; #7 lost; #9 lost; #10 lost; #14 lost; #17 lost; #21 206.102; #25 lost; #28 lost; #29 680.5184; #31 lost; #37 lost; #38 496.6257")]
    public void An_ike_sa_that_waits_to_be_closed_makes_no_child(string schedule) => Play(schedule);

    /// <summary>The peer took back what it had put in a child SA's place while our own rekeying of it hung: its time came again and again.</summary>
    [Theory]
    [InlineData("seed=554682 setup=plain want=A expect=Either answers=0; 15844.7 B RekeyChild; 15844.7 A RekeyChild; 16318.7 A RekeyIke; 16578.7 B Pause 36453; #8 lost; #14 lost")]
    public void A_child_sa_is_not_due_for_rekeying_while_it_is_being_rekeyed(string schedule) => Play(schedule);

    private static void Play(string schedule) => new ExplorerWorld().Play(Schedule.Parse(schedule));
}
