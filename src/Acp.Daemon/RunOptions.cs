using Acp.Core;
using Acp.Core.Grasp;
using Acp.Core.Node;
using Acp.Linux.Namespaces;

namespace Acp.Daemon;

/// <summary>
/// Everything <c>acpd run</c> can be told. None of it is needed: the defaults run one daemon on a box.
/// </summary>
/// <remarks>
/// To add an option: a property here with its default, its unit and its rule in the same place; a line in
/// <see cref="RunOptionsTable"/>, which gives it a name on the command line and in the configuration file alike.
/// </remarks>
public sealed class RunOptions
{
    /// <summary>Tells several daemons on one machine apart. Letters, digits, '-', '_' and '.', at most 32.</summary>
    public string Instance { get; set; } = "default";

    internal string? InstanceError =>
        Instance.Length is < 1 or > 32 ? "must have 1 to 32 characters"
        : Instance[0] is '.' or '-' || !Instance.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
            ? "may have letters, digits, '-', '_' and '.', and starts with none of '-' and '.'"
        : Instance.EndsWith(".grasp", StringComparison.Ordinal) ? "must not end in '.grasp', which another instance's socket does"
        : null;

    /// <summary>Certificate, key, trust anchors. Null: <c>/var/lib/acpd/&lt;instance&gt;</c>.</summary>
    public string? StateDirectory { get; set; }

    /// <summary><see cref="StateDirectory"/> or its default.</summary>
    public string EffectiveStateDirectory => StateDirectory ?? $"/var/lib/acpd/{Instance}";

    internal string? StateDirectoryError => NotAbsolute(StateDirectory);

    /// <summary>Control socket and lock file of every instance.</summary>
    public string RunDirectory { get; set; } = DefaultRunDirectory;

    internal string? RunDirectoryError =>
        NotAbsolute(RunDirectory)
        // sun_path has 108 octets with its final zero (unix(7)).
        ?? (GraspSocket.Length > 107 ? $"makes the socket path '{GraspSocket}' longer than 107 characters" : null);

    /// <summary>Which links to use, beyond the default rules.</summary>
    public InterfacePatterns Interfaces { get; set; } = InterfacePatterns.None;

    /// <summary>Neighbours named by the operator (RFC 8994 §8.2.1), no two with one address and link.</summary>
    public IReadOnlyList<ConfiguredNeighbor> Neighbors { get; set; } = [];

    /// <summary>Carry ESP in UDP to remote neighbours also without a NAT.</summary>
    public bool EncapsulateAlways { get; set; }

    /// <summary>
    /// Octets of the longest packet that paths to remote neighbours carry (pmtu in RFC 8994 §8.2.1). Null: as the interface towards
    /// each says.
    /// </summary>
    public int? NeighborMtu { get; set; }

    /// <summary>Who encrypts.</summary>
    public DataPlaneChoice DataPlane { get; set; } = DataPlaneChoice.Auto;

    /// <summary>Algorithms of ESP, best first. Null: both, the one that this machine is faster with first.</summary>
    public IReadOnlyList<EspAlgorithm>? EspAlgorithms { get; set; }

    /// <summary>
    /// Send the trust anchor with our chain, so that a neighbour of another domain can say whose we are (RFC 8994 §6.8.2, C-22).
    /// </summary>
    public bool SendTrustAnchor { get; set; } = true;

    /// <summary>Stand for root of the ACP's routing before anybody who was not told to (RFC 8994 §6.12.1.12).</summary>
    public bool RplRoot { get; set; }

    /// <summary>Costs of links, 1 to 255, by the host's interface, or <c>host</c> for all neighbours met over the host's network.</summary>
    public IReadOnlyDictionary<string, int> RankFactors { get; set; } = new Dictionary<string, int>();

    /// <summary>Age at which a child SA is rekeyed. Null: an hour.</summary>
    public TimeSpan? ChildLifetime { get; set; }

    /// <summary>Octets of one direction at which a child SA is rekeyed. Null: no matter how many.</summary>
    public ulong? ChildOctets { get; set; }

    /// <summary>Packets of one direction at which a child SA is rekeyed. Null: when its sequence numbers run low.</summary>
    public ulong? ChildPackets { get; set; }

    /// <summary>Age at which an IKE SA is rekeyed. Null: a day.</summary>
    public TimeSpan? IkeLifetime { get; set; }

    /// <summary>Programs may register the objectives EX0 to EX9, which are for experiments (RFC 8990 §2.10.5).</summary>
    public bool ExperimentalObjectives { get; set; }

    /// <summary>What signatures of GRASP floods mean, by objective.</summary>
    public FloodPolicies FloodSigning { get; set; } = FloodPolicies.Recommended;

    /// <summary>
    /// Postquantum preshared keys (RFC 8784), the same file on all nodes of the domain; <see cref="Identity.PpkFile"/> says what is
    /// in it. Null: none.
    /// </summary>
    public string? PpkFile { get; set; }

    internal string? PpkFileError => NotAbsolute(PpkFile);

    /// <summary>With a <see cref="PpkFile"/>: refuse neighbours without one of its keys. False while it is being rolled out.</summary>
    public bool PpkRequired { get; set; } = true;

    /// <summary>The namespace that counts as the host, such as <c>/run/netns/box1</c>. Null: the one we were started in.</summary>
    public string? HostNamespace { get; set; }

    internal string? HostNamespaceError =>
        NotAbsolute(HostNamespace) ?? (HostNamespace is not null && !File.Exists(HostNamespace) ? "does not exist" : null);

    /// <summary>The only setting that SIGHUP reads again.</summary>
    public LogLevelChoice LogLevel { get; set; } = LogLevelChoice.Info;

    public LogFormat LogFormat { get; set; } = LogFormat.Text;

    /// <summary>Where log lines, and whatever else goes to standard error, are appended. Null: standard error.</summary>
    public string? LogFile { get; set; }

    internal string? LogFileError => NotAbsolute(LogFile);

    /// <summary>The configuration file that was read; null when there was none.</summary>
    public string? ConfigurationFile { get; set; }

    /// <summary>Other timer values than the protocol's own, for tests and labs.</summary>
    public TimerOverrides Timers { get; set; } = TimerOverrides.None;

    /// <summary>
    /// Write the keys of every IKE SA and ESP SA there, for Wireshark. Null: never, which is the only safe setting. Whoever
    /// reads the files reads all traffic of the ACP.
    /// </summary>
    public string? KeyLog { get; set; }

    internal string? KeyLogError => NotAbsolute(KeyLog);

    /// <summary>Give every link the same link-local address. For the lab, which must show that this works.</summary>
    public bool SameLinkLocal { get; set; }

    /// <summary>End, as by SIGTERM, when this process is no longer our parent. For the lab, whose nodes must not outlive it.</summary>
    public int? ParentProcess { get; set; }

    /// <summary><c>/run/acpd</c>.</summary>
    public const string DefaultRunDirectory = "/run/acpd";

    public string ControlSocket => $"{RunDirectory}/{Instance}.sock";

    /// <summary>Where programs attach to the node's GRASP.</summary>
    public string GraspSocket => $"{RunDirectory}/{Instance}.grasp.sock";

    /// <summary>Held locked (flock) while the daemon lives; the kernel lets go of it whatever happens.</summary>
    public string LockFile => $"{RunDirectory}/{Instance}.lock";

    /// <summary>Where DULL GRASP, IKEv2 and ESP live; seen by <c>ip netns</c>.</summary>
    public string AbutmentNamespace => NodeNamespaces.AbutmentName(Instance);

    /// <summary>Where the ACP itself lives; seen by <c>ip netns</c>.</summary>
    public string AcpNamespace => NodeNamespaces.AcpName(Instance);

    /// <summary>Every rule that is broken, as "option: reason"; empty when all is well.</summary>
    public IReadOnlyList<string> Validate()
    {
        var broken = new List<string>();
        Check("instance", InstanceError);
        Check("state-dir", StateDirectoryError);
        Check("run-dir", RunDirectoryError);
        Check("netns", HostNamespaceError);
        Check("log-file", LogFileError);
        Check("key-log", KeyLogError);
        Check("ppk-file", PpkFileError);
        return broken;

        void Check(string option, string? reason)
        {
            if (reason is not null)
                broken.Add($"{option}: {reason}");
        }
    }

    private static string? NotAbsolute(string? path) =>
        path is null || path.StartsWith('/') ? null : $"'{path}' is not an absolute path";
}
