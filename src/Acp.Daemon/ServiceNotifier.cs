using System.Net.Sockets;
using System.Text;

namespace Acp.Daemon;

/// <summary>
/// Tells systemd how we are, as sd_notify(3) does: a datagram to the socket that <c>NOTIFY_SOCKET</c> names. Without
/// that variable nothing happens, and a failure to tell is no reason to fail.
/// </summary>
public static class ServiceNotifier
{
    /// <summary>The first flood can go out: units ordered after us may start.</summary>
    public static void Ready() => Send("READY=1");

    /// <summary>A clean stop has begun.</summary>
    public static void Stopping() => Send("STOPPING=1");

    /// <summary>One line for <c>systemctl status</c>.</summary>
    public static void Status(string line) => Send("STATUS=" + line.ReplaceLineEndings(" "));

    private static void Send(string state)
    {
        if (Environment.GetEnvironmentVariable("NOTIFY_SOCKET") is not { Length: > 1 } path || path[0] is not ('/' or '@'))
            return;
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            // '@' stands for the zero octet of an abstract socket.
            socket.SendTo(
                Encoding.UTF8.GetBytes(state), new UnixDomainSocketEndPoint(path[0] == '@' ? "\0" + path[1..] : path));
        }
        catch (SocketException)
        {
            // Nobody listens any more. That is systemd's business.
        }
    }
}
