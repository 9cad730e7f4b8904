namespace Acp.Linux.Sockets;

/// <summary>
/// A non-blocking stream of octets: TCP, or TLS over it. Its <see cref="Receive"/> and <see cref="Send"/> return
/// <see cref="StreamSocket.WouldBlock"/> and <see cref="StreamSocket.Broken"/> besides counts. Owned by the loop.
/// </summary>
public interface IStreamTransport : IDisposable
{
    /// <summary>For the loop to watch.</summary>
    int Descriptor { get; }

    /// <summary>Goes on with connecting, handshake and all; to be called when the descriptor is ready for what was asked last.</summary>
    StreamStep Establish();

    /// <summary>Octets read; 0 when the other end closed.</summary>
    int Receive(Span<byte> buffer);

    /// <summary>Octets taken, maybe fewer than given. What was not taken is to be given again.</summary>
    int Send(ReadOnlySpan<byte> bytes);

    /// <summary>Tells the other end that nothing more is to come; reading goes on.</summary>
    void FinishSending();

    /// <summary>
    /// What the other end has not taken is dropped when this is disposed of, and the other end is told by a reset; otherwise
    /// the kernel goes on holding it for as long as the other end likes.
    /// </summary>
    void DropUnsent();
}
