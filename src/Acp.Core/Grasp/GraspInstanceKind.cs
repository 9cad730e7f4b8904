namespace Acp.Core.Grasp;

/// <summary>Which of the substrates of RFC 8990 §2.5.1 an engine runs on.</summary>
public enum GraspInstanceKind
{
    /// <summary>Inside the ACP (RFC 8994 §6.9): no link-local addresses in objectives and locators (J-09).</summary>
    Acp,

    /// <summary>On a trusted or lab network, UDP multicast and plain TCP.</summary>
    Standalone,

    /// <summary>Discovery Unsolicited Link-Local (RFC 8990 §2.5.2): floods only, never further than the link.</summary>
    Dull,
}
