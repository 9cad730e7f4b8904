namespace Acp.Daemon.Attach;

/// <summary>What an agent may cost; the defaults are generous to an honest one.</summary>
internal sealed record AttachOptions
{
    /// <summary>Agents at once.</summary>
    public int MaxAgents { get; init; } = 64;

    /// <summary>ASAs of one agent.</summary>
    public int MaxAsas { get; init; } = 32;

    /// <summary>Calls of one agent that have no answer yet; more are answered sessionsFull at once.</summary>
    public int MaxOpenCalls { get; init; } = 1024;

    /// <summary>Octets of answers that an agent has not read; beyond this it is dropped.</summary>
    public long MaxUnread { get; init; } = 32 * 1024 * 1024;

    /// <summary>From connecting to hello.</summary>
    public TimeSpan HelloTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
