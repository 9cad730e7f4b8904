namespace Acp.Daemon.Decode;

/// <summary>Why a capture file is read no further.</summary>
internal enum CaptureRefusal
{
    None = 0,

    /// <summary>Neither pcap nor pcapng.</summary>
    NotACapture,

    /// <summary>It ends in the middle of a header, packet or block.</summary>
    Truncated,

    /// <summary>A packet longer than <see cref="CaptureReader.MaxPacket"/>.</summary>
    PacketTooLong,

    /// <summary>A block whose length is wrong: not a multiple of four, less than its fields, or not repeated at its end.</summary>
    BadBlock,

    /// <summary>A block longer than we read.</summary>
    BlockTooLong,

    /// <summary>A packet of an interface that the file does not describe.</summary>
    UnknownInterface,

    /// <summary>More interfaces than <see cref="PcapngReader.MaxInterfaces"/>.</summary>
    TooManyInterfaces,
}
