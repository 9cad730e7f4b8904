using System.Text;

namespace Acp.Wire.Rpl;

/// <summary>A RPL control message (RFC 6550 §6): ICMPv6 type 155. Compares by value, options included and in order.</summary>
public abstract record RplMessage
{
    /// <summary>The options that were understood, in wire order, without padding.</summary>
    public IReadOnlyList<RplOption> Options { get; init; } = [];

    public virtual bool Equals(RplMessage? other) =>
        other is not null && EqualityContract == other.EqualityContract && Options.SequenceEqual(other.Options);

    public override int GetHashCode() => HashCode.Combine(EqualityContract, Options.Count);

    protected virtual bool PrintMembers(StringBuilder builder)
    {
        builder.Append("Options = [").AppendJoin(", ", Options).Append(']');
        return true;
    }
}
