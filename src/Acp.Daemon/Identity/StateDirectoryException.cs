namespace Acp.Daemon.Identity;

/// <summary>An identity could not be written; the message names the file and the reason.</summary>
public sealed class StateDirectoryException : Exception
{
    public StateDirectoryException(string message)
        : base(message)
    {
    }

    public StateDirectoryException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
