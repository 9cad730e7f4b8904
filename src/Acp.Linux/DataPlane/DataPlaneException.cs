namespace Acp.Linux.DataPlane;

/// <summary>The system refused something a data plane needs; the message says what, why, and what to do.</summary>
public sealed class DataPlaneException : Exception
{
    public DataPlaneException(string message)
        : base(message)
    {
    }

    public DataPlaneException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
