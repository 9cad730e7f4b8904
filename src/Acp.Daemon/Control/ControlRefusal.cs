namespace Acp.Daemon.Control;

/// <summary>Why a question about one peer, or a wish concerning it, was not granted. In kebab case it is <see cref="ErrorReport.Code"/>.</summary>
public enum ControlRefusal
{
    None = 0,

    /// <summary>Nobody of that name, address or interface.</summary>
    UnknownPeer,

    /// <summary>Several.</summary>
    AmbiguousPeer,

    /// <summary>One, but there is no channel to it.</summary>
    NoChannel,

    /// <summary>Too many ask for it at once.</summary>
    Busy,
}
