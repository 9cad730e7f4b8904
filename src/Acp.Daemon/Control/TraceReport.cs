namespace Acp.Daemon.Control;

/// <summary>
/// One line of <c>acpd ike trace</c>. <see cref="Event"/> says which of the fields are set: "message" (one IKE message,
/// protected ones in the clear), "outcome" (what came of those before it), or "lost" (this reader was too slow).
/// </summary>
public sealed record TraceReport
{
    public required string Event { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>Host name of the link.</summary>
    public string? Link { get; init; }

    public string? Local { get; init; }

    public string? Remote { get; init; }

    /// <summary>16 hex digits.</summary>
    public string? InitiatorSpi { get; init; }

    /// <summary>16 hex digits; zeros in the first request.</summary>
    public string? ResponderSpi { get; init; }

    /// <summary>"sent" or "received".</summary>
    public string? Direction { get; init; }

    /// <summary>"IKE_SA_INIT", "IKE_AUTH", "CREATE_CHILD_SA", "INFORMATIONAL".</summary>
    public string? Exchange { get; init; }

    /// <summary>"request" or "response".</summary>
    public string? Kind { get; init; }

    /// <summary>Counts the requests of either end from 0: with the SPIs and who began, the name of an exchange.</summary>
    public uint? MessageId { get; init; }

    /// <summary>It went inside SK or SKF.</summary>
    public bool? Protected { get; init; }

    public int? Octets { get; init; }

    /// <summary>More than one for a message in fragments.</summary>
    public int? Datagrams { get; init; }

    public IReadOnlyList<PayloadReport>? Payloads { get; init; }

    /// <summary>Why the payloads cannot be read; null when they can.</summary>
    public string? Refusal { get; init; }

    /// <summary>A stable word for an outcome: "ike-sa-established".</summary>
    public string? Outcome { get; init; }

    /// <summary>The outcome for people.</summary>
    public string? Text { get; init; }

    /// <summary>How many lines this reader missed.</summary>
    public long? Lost { get; init; }
}
