namespace Acp.Linux.Sockets;

/// <summary>A socket could not be made; the message names its purpose, the step and the system's reason.</summary>
public sealed class SocketSetupException(string message) : Exception(message);
