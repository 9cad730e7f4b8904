using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace Acp.Daemon.Bench;

/// <summary>
/// Talks to charon's control socket (vici): requests and their answers, no events. A packet is 4 octets of length, 1 of type
/// (0 CMD_REQUEST, 1 CMD_RESPONSE, 2 CMD_UNKNOWN), for a request its name with 1 octet of length, then the message. One
/// request at a time; not thread-safe.
/// </summary>
internal sealed class ViciClient : IDisposable
{
    private const int MaxAnswer = 1 << 20;
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    public ViciClient(string path) => _socket.Connect(new UnixDomainSocketEndPoint(path));

    /// <summary>True when charon says that it went well; else <paramref name="error"/> has its words.</summary>
    public bool TryRequest(string command, ViciMessage message, out string error)
    {
        var body = message.ToArray();
        var packet = new byte[4 + 2 + command.Length + body.Length];
        BinaryPrimitives.WriteInt32BigEndian(packet, packet.Length - 4);
        packet[5] = (byte)command.Length;
        Encoding.ASCII.GetBytes(command, packet.AsSpan(6));
        body.CopyTo(packet, 6 + command.Length);
        for (var sent = 0; sent < packet.Length;)
            sent += _socket.Send(packet.AsSpan(sent));

        Span<byte> length = stackalloc byte[4];
        Read(length);
        var size = BinaryPrimitives.ReadInt32BigEndian(length);
        if (size is < 1 or > MaxAnswer)
            throw new BenchException($"charon answered {command} with {size} octets");
        var answer = new byte[size];
        Read(answer);
        var values = answer[0] == 1 ? Values(answer.AsSpan(1)) : throw new BenchException($"charon does not know {command}");
        error = values.GetValueOrDefault("errmsg") ?? "no reason given";
        return values.GetValueOrDefault("success") == "yes";
    }

    public void Request(string command, ViciMessage message)
    {
        if (!TryRequest(command, message, out var error))
            throw new BenchException($"charon refused {command}: {error}");
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>The key-value pairs, whatever section they are in.</summary>
    private static Dictionary<string, string> Values(ReadOnlySpan<byte> message)
    {
        var values = new Dictionary<string, string>();
        for (var i = 0; i < message.Length;)
        {
            var element = message[i++];
            var name = "";
            if (element is 1 or 3 or 4)
            {
                name = Encoding.ASCII.GetString(message.Slice(i + 1, message[i]));
                i += 1 + name.Length;
            }

            if (element is 3 or 5)
            {
                var length = BinaryPrimitives.ReadUInt16BigEndian(message[i..]);
                if (element == 3)
                    values[name] = Encoding.UTF8.GetString(message.Slice(i + 2, length));
                i += 2 + length;
            }
        }

        return values;
    }

    private void Read(Span<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var count = _socket.Receive(buffer);
            if (count == 0)
                throw new BenchException("charon closed its control socket");
            buffer = buffer[count..];
        }
    }
}
