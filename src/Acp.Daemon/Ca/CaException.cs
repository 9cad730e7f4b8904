namespace Acp.Daemon.Ca;

/// <summary>The CA did not do what it was asked; the message names the file or field and the reason.</summary>
public sealed class CaException : Exception
{
    public CaException(string message)
        : base(message)
    {
    }

    public CaException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
