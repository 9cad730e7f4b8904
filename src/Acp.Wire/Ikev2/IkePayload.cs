namespace Acp.Wire.Ikev2;

/// <summary>
/// One payload of an IKEv2 message. Octets inside are slices of the decoded copy of the message; nobody changes them.
/// </summary>
public abstract record IkePayload
{
    private protected IkePayload(PayloadType type) => Type = type;

    public PayloadType Type { get; }

    /// <summary>Appends what follows the generic payload header.</summary>
    internal abstract void WriteBody(IkeWriter writer);
}
