namespace Acp.Daemon.Lab;

/// <summary>The lab could not be built or did not come up; the message says what and where to look.</summary>
public sealed class LabException : Exception
{
    public LabException(string message)
        : base(message)
    {
    }

    public LabException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
