namespace Acp.Linux.Sockets;

/// <summary>How far a stream is on its way to being open.</summary>
public enum StreamStep
{
    Established,

    /// <summary>Ask again when something can be read.</summary>
    WantsRead,

    /// <summary>Ask again when something can be written.</summary>
    WantsWrite,

    /// <summary>It is of no use.</summary>
    Failed,
}
