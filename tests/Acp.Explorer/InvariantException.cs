namespace Acp.Explorer;

/// <summary>Something that must hold after every step did not.</summary>
public sealed class InvariantException(string message) : Exception(message);
