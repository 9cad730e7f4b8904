using Acp.Core.Time;
using Acp.Simulation.Toy;

namespace Acp.Simulation.Clock;

/// <summary>A running 64-bit hash over all that happened, in order: what tells two runs apart, wherever they part.</summary>
internal sealed class TraceHash
{
    public ulong Value { get; private set; } = 0x41435020_53494d31;

    /// <summary>Steps that went into it.</summary>
    public long Events { get; private set; }

    public void Add(Instant at, TraceKind kind, int subject, ulong detail = 0)
    {
        Events++;
        Value = ToyHash.Mix(Value ^ (ulong)at.Nanoseconds, 0xa0761d6478bd642f ^ ((ulong)kind << 32 | (uint)subject)) + ToyHash.Mix(detail ^ 0xe7037ed1a0b428db, Value | 1);
    }

    public void Add(Instant at, TraceKind kind, int subject, ReadOnlySpan<byte> bytes) =>
        Add(at, kind, subject, ToyHash.Of((ulong)kind, bytes));
}
