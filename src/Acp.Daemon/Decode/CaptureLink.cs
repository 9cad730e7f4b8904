namespace Acp.Daemon.Decode;

/// <summary>What stands at the start of a captured packet: LINKTYPE_ numbers of pcap and pcapng files. Others are named by number.</summary>
internal enum CaptureLink
{
    Ethernet = 1,

    /// <summary>DLT_RAW of most systems, which some programs write.</summary>
    RawAsDlt = 12,

    /// <summary>DLT_RAW of OpenBSD.</summary>
    RawAsOpenBsd = 14,

    /// <summary>LINKTYPE_RAW: IPv4 or IPv6, as its first four bits say.</summary>
    Raw = 101,

    /// <summary>Linux "cooked", of captures on "any".</summary>
    LinuxSll = 113,

    Ipv4 = 228,
    Ipv6 = 229,

    /// <summary>Linux "cooked", version 2.</summary>
    LinuxSll2 = 276,
}
