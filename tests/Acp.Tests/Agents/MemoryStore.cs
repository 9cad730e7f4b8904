using Acp.Daemon.Agents.Prefixes;

namespace Acp.Tests.Agents;

/// <summary>A disk, which outlives the agent that writes to it.</summary>
internal sealed class MemoryStore : IPrefixStore
{
    public PrefixState State { get; private set; } = new();

    public int Saves { get; private set; }

    /// <summary>After a save: a chance to kill whoever saved.</summary>
    public Action? Saved { get; set; }

    /// <summary>The disk as whoever comes next finds it.</summary>
    public MemoryStore Successor() => new() { State = State };

    /// <summary>Whoever wrote is dead: what it still does reaches the disk no more.</summary>
    public bool IsCutOff { get; set; }

    public PrefixState Load() => State;

    public void Save(PrefixState state)
    {
        if (IsCutOff)
            return;
        State = state;
        Saves++;
        Saved?.Invoke();
    }
}
