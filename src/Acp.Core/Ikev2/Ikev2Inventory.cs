namespace Acp.Core.Ikev2;

/// <summary>How much an <see cref="Ikev2Machine"/> holds: for limits, for status output, and to see that nothing leaks.</summary>
/// <param name="IkeSas">In any state, those that merely linger to repeat an answer included.</param>
/// <param name="Lingering">Those of them that are closed and only stay to repeat their last answer.</param>
/// <param name="ChildSas">Installed pairs.</param>
/// <param name="EspSpis">Inbound ESP SPIs taken: those of the installed pairs and of exchanges under way.</param>
/// <param name="HalfOpen">Half-open SAs that peers began.</param>
/// <param name="Questions">Questions (sign, verify) without an answer yet.</param>
/// <param name="FragmentOctets">Octets of incomplete messages.</param>
/// <param name="Waiting">Exchanges that wait for their turn or for another try.</param>
/// <param name="WithoutDeadline">IKE SAs that would stay for ever if nobody spoke to them; always 0.</param>
public readonly record struct Ikev2Inventory(
    int IkeSas,
    int Lingering,
    int Channels,
    int ChildSas,
    int EspSpis,
    int HalfOpen,
    int Questions,
    int FragmentOctets,
    int Waiting,
    int WithoutDeadline);
