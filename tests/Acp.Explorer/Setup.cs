using Acp.Core.Ikev2;
using Acp.Wire.Ikev2;

namespace Acp.Explorer;

/// <summary>How the two machines of a schedule are set up.</summary>
public sealed record Setup(string Name)
{
    private static readonly DhGroup[] OnlyP384 = [DhGroup.Ecp384];
    private static readonly DhGroup[] P256First = [DhGroup.Ecp256, DhGroup.Ecp384];
    private static readonly TimeSpan AtOnce = TimeSpan.FromTicks(1);
    private static readonly Ikev2Options Options = new()
    {
        IkeProposals = [new([(EncryptionAlgorithm.AesGcm16, 256)], [], [PrfAlgorithm.HmacSha2_256], P256First)],
        ReauthenticateWithin = AtOnce,
    };
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(6);

    public static readonly Setup Plain = new("plain") { A = Options, B = Options };

    /// <summary>Every offer and option of the profile.</summary>
    public static readonly Setup Full = new("full") { A = new Ikev2Options { ReauthenticateWithin = AtOnce }, B = new Ikev2Options { ReauthenticateWithin = AtOnce } };

    /// <summary>IKE_AUTH takes several datagrams.</summary>
    public static readonly Setup Fragments = new("fragments") { A = Options, B = Options, IntermediateOctets = 2500 };

    /// <summary>Long messages and no IKE fragmentation.</summary>
    public static readonly Setup Whole = new("whole")
    {
        A = Options with { Fragmentation = false },
        B = Options,
        IntermediateOctets = 2500,
    };

    /// <summary>A cookie is always demanded.</summary>
    public static readonly Setup Cookie = new("cookie")
    {
        A = Options with { CookiePerPeer = 0 },
        B = Options with { CookiePerPeer = 0 },
    };

    /// <summary>B wants another group than A proposes first: INVALID_KE_PAYLOAD.</summary>
    public static readonly Setup Group = new("group")
    {
        A = Options,
        B = Options with { IkeProposals = [new([(EncryptionAlgorithm.AesGcm16, 256)], [], [PrfAlgorithm.HmacSha2_256], OnlyP384)] },
    };

    /// <summary>Both detours.</summary>
    public static readonly Setup Detours = new("detours")
    {
        A = Cookie.A,
        B = Group.B with { CookiePerPeer = 0 },
    };

    /// <summary>AES-CBC with HMAC.</summary>
    public static readonly Setup Cbc = new("cbc")
    {
        A = Options with { IkeProposals = [new([(EncryptionAlgorithm.AesCbc, 256)], [IntegrityAlgorithm.HmacSha2_512_256], [PrfAlgorithm.HmacSha2_512], [DhGroup.Curve25519])] },
        B = Options with { IkeProposals = [new([(EncryptionAlgorithm.AesCbc, 256)], [IntegrityAlgorithm.HmacSha2_512_256], [PrfAlgorithm.HmacSha2_512], [DhGroup.Curve25519])] },
    };

    /// <summary>Both ends rekey everything every few seconds.</summary>
    public static readonly Setup ShortLives = new("short-lives")
    {
        A = Options with { ChildSaLifetime = Short, IkeSaLifetime = Short * 1.3, HardLifetime = 4 },
        B = Options with { ChildSaLifetime = Short, IkeSaLifetime = Short * 1.3, HardLifetime = 4 },
    };

    /// <summary>Impatient retransmission: a peer is given up soon.</summary>
    public static readonly Setup Hasty = new("hasty")
    {
        A = Options with { Transmissions = 3, DeleteTransmissions = 2, HintTransmissions = 2, LivenessIdle = TimeSpan.FromSeconds(3) },
        B = Options with { Transmissions = 3, DeleteTransmissions = 2, HintTransmissions = 2, LivenessIdle = TimeSpan.FromSeconds(4) },
    };

    /// <summary>Message IDs run out after a few dozen exchanges (D-09).</summary>
    public static readonly Setup FewIds = new("few-ids")
    {
        A = Options with { MessageIdRekey = 8, MessageIdLimit = 24 },
        B = Options with { MessageIdRekey = 8, MessageIdLimit = 24 },
    };

    /// <summary>B does not accept A.</summary>
    public static readonly Setup Refused = new("refused") { A = Options, B = Options, BRefuses = true };

    public static readonly IReadOnlyList<Setup> All =
        [Plain, Full, Fragments, Whole, Cookie, Group, Detours, Cbc, ShortLives, Hasty, FewIds, Refused];

    public Ikev2Options A { get; init; } = Options;

    public Ikev2Options B { get; init; } = Options;

    /// <summary>Length of a second certificate in the chain, or 0.</summary>
    public int IntermediateOctets { get; init; }

    public bool BRefuses { get; init; }

    public static Setup ByName(string name) => All.Single(s => s.Name == name);

    public override string ToString() => Name;
}
