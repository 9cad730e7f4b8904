namespace Acp.Daemon.Agents.Prefixes;

/// <summary>Where a ledger's state outlives the process.</summary>
internal interface IPrefixStore
{
    /// <summary>Empty when nothing was saved yet.</summary>
    /// <exception cref="FormatException">What is there is damaged. It stays as it is.</exception>
    PrefixState Load();

    /// <summary>After it returns, the state survives whatever happens.</summary>
    /// <exception cref="IOException">It could not be written; what was saved before is still there.</exception>
    void Save(PrefixState state);
}
