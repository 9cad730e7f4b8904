namespace Acp.Wire.Ikev2;

/// <summary>Security Association (RFC 7296 §3.3): one or more proposals; in a response exactly one.</summary>
public sealed record SaPayload(IReadOnlyList<Proposal> Proposals) : IkePayload(PayloadType.SecurityAssociation)
{
    /// <summary>Most proposals in one payload; each holds at most 255 transforms.</summary>
    public const int MaxProposals = 32;

    internal static IkeRefusal Decode(ReadOnlyMemory<byte> body, out IkePayload? payload)
    {
        payload = null;
        var proposals = new List<Proposal>();
        var last = false;
        while (!last)
        {
            if (proposals.Count == MaxProposals)
                return IkeRefusal.Proposal;
            var refusal = Proposal.Decode(body, out var proposal, out last, out var length);
            if (proposal is null)
                return refusal;
            proposals.Add(proposal);
            body = body[length..];
        }

        if (body.Length != 0)
            return IkeRefusal.Proposal;
        payload = new SaPayload(proposals);
        return IkeRefusal.None;
    }

    internal override void WriteBody(IkeWriter writer)
    {
        for (var i = 0; i < Proposals.Count; i++)
            Proposals[i].Write(writer, i == Proposals.Count - 1);
    }
}
