using Acp.Wire.Rpl;

namespace Acp.Core.Rpl;

/// <summary>What a node's RPL has sent, heard and not taken, since its start.</summary>
public sealed class RplCounters
{
    private readonly long[] _refused = new long[Enum.GetValues<RplRefusal>().Length];
    private readonly long[] _ignored = new long[Enum.GetValues<RplIgnoreReason>().Length];

    public long Sent { get; internal set; }

    public long Received { get; internal set; }

    public long Refused(RplRefusal refusal) => _refused[(int)refusal];

    public long Ignored(RplIgnoreReason reason) => _ignored[(int)reason];

    /// <summary>Tells all that are not zero, by names such as <c>Refused.SecureVariant</c>.</summary>
    public void AddTo(Action<string, long> add)
    {
        Tell("Sent", Sent);
        Tell("Received", Received);
        foreach (var refusal in Enum.GetValues<RplRefusal>())
            Tell($"Refused.{refusal}", Refused(refusal));
        foreach (var reason in Enum.GetValues<RplIgnoreReason>())
            Tell($"Ignored.{reason}", Ignored(reason));

        void Tell(string name, long value)
        {
            if (value != 0)
                add(name, value);
        }
    }

    internal void Count(RplRefusal refusal) => _refused[(int)refusal]++;

    internal void Count(RplIgnoreReason reason) => _ignored[(int)reason]++;
}
