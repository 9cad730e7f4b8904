namespace Acp.Daemon.Attach;

/// <summary>Why an agent was dropped, or not taken. Usable as a counter.</summary>
internal enum AttachDropReason
{
    None = 0,

    /// <summary>As many as we serve.</summary>
    TooMany,

    /// <summary>Connected, and did not say hello in time.</summary>
    Silent,

    /// <summary>Another version of the protocol, or not this protocol at all.</summary>
    Version,

    /// <summary>Too large, too deep, or no message.</summary>
    BadMessage,

    /// <summary>Does not read its answers.</summary>
    SlowReader,
}
