using System.Globalization;
using System.Threading.Channels;
using Acp.Core;
using Acp.Core.Ikev2;
using Acp.Daemon.Control;
using Acp.Wire;

namespace Acp.Daemon.Trace;

/// <summary>
/// One reader of the trace. The loop offers and never waits: what does not fit into the queue is counted, and the reader
/// is told the number soon after. <see cref="Offer"/> belongs to the loop, the rest to one other thread.
/// </summary>
/// <param name="link">With <paramref name="remote"/>: only this peer; null for any.</param>
internal sealed class TraceReader(LinkId? link, Ipv6Address? remote, int capacity = TraceReader.Capacity)
{
    /// <summary>Messages. With 16 KiB each, the longest there are, 8 MiB.</summary>
    public const int Capacity = 512;

    private readonly Channel<TraceEntry> _queue = Channel.CreateBounded<TraceEntry>(
        new BoundedChannelOptions(capacity) { SingleReader = true, SingleWriter = true });

    private long _lost;

    /// <summary>Whether it wants what concerns this peer. What concerns nobody in particular is for those who want everything.</summary>
    public bool Wants((LinkId Link, Ipv6Address Remote)? peer) =>
        (link is null || peer?.Link == link) && (remote is null || peer?.Remote == remote);

    public void Offer(TraceEntry entry)
    {
        if (!_queue.Writer.TryWrite(entry))
            Interlocked.Increment(ref _lost);
    }

    /// <summary>There will be no more.</summary>
    public void Complete() => _queue.Writer.TryComplete();

    public async IAsyncEnumerable<TraceReport> ReadAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        while (await _queue.Reader.WaitToReadAsync(cancellation))
        {
            while (_queue.Reader.TryRead(out var entry))
                yield return Report(entry);

            // What is missing came when the queue was full: before this, after most of the above.
            if (Interlocked.Exchange(ref _lost, 0) is var lost and > 0)
                yield return new TraceReport { Event = "lost", At = DateTimeOffset.UtcNow, Lost = lost, Text = $"{lost} lines were lost: the reader was too slow" };
        }
    }

    public static TraceReport Report(TraceEntry entry)
    {
        if (entry.Fact is Ikev2Fact.Traced { Message: var message })
        {
            return new TraceReport
            {
                Event = "message",
                At = entry.At,
                Link = entry.Link,
                Local = message.Path.Local.ToEndpointText(),
                Remote = message.Path.Remote.ToEndpointText(),
                InitiatorSpi = Spi(message.Header.InitiatorSpi),
                ResponderSpi = Spi(message.Header.ResponderSpi),
                Direction = message.Sent ? "sent" : "received",
                Exchange = IkeNames.Of(message.Header.Exchange),
                Kind = message.Header.IsResponse ? "response" : "request",
                MessageId = message.Header.MessageId,
                Protected = message.Protected,
                Octets = message.Octets,
                Datagrams = message.Datagrams,
                Payloads = [.. message.Payloads.Select(PayloadText.Of)],
                Refusal = message.Refusal == Wire.Ikev2.IkeRefusal.None ? null : message.Refusal.ToString(),
            };
        }

        var sa = FactText.SaOf(entry.Fact);
        return new TraceReport
        {
            Event = "outcome",
            At = entry.At,
            Link = entry.Link,
            Remote = entry.Remote,
            InitiatorSpi = sa is { } known ? Spi(known.InitiatorSpi) : null,
            ResponderSpi = sa is { } id ? Spi(id.ResponderSpi) : null,
            Outcome = FactText.Code(entry.Fact),
            Text = FactText.Of(entry.Fact),
        };
    }

    private static string Spi(ulong spi) => spi.ToString("x16", CultureInfo.InvariantCulture);
}
