using Acp.Daemon.Control;

namespace Acp.Daemon.Decode;

/// <summary>One message that <c>acpd decode</c> found, or what it found instead of one. With <c>--json</c> a line each.</summary>
internal sealed record DecodeReport
{
    /// <summary>Of the capture file, from 1.</summary>
    public int? Packet { get; init; }

    /// <summary>Of the text, from 1.</summary>
    public int? Line { get; init; }

    /// <summary>What stood before the hex.</summary>
    public string? Label { get; init; }

    public DateTimeOffset? At { get; init; }

    public string? Source { get; init; }

    /// <summary>UDP or TCP.</summary>
    public int? SourcePort { get; init; }

    public string? Destination { get; init; }

    public int? DestinationPort { get; init; }

    /// <summary>"GRASP", "DULL GRASP", "IKEv2", "RPL", "ESP", "TLS"; "capture" and "hex" for what is wrong with the input itself.</summary>
    public required string Protocol { get; init; }

    /// <summary>"M_FLOOD", "IKE_AUTH request", "DIO".</summary>
    public string? Message { get; init; }

    public int Octets { get; init; }

    /// <summary>The message in a line.</summary>
    public string Text { get; init; } = "";

    /// <summary>What is in it, a line for each part.</summary>
    public IReadOnlyList<PayloadReport>? Parts { get; init; }

    /// <summary>Why it was refused, a stable word; null when it was not.</summary>
    public string? Refusal { get; init; }

    /// <summary>The octet of the message at which it went wrong, from 0.</summary>
    public int? RefusedAt { get; init; }

    /// <summary>What stands there.</summary>
    public string? RefusedPart { get; init; }

    /// <summary>Encrypted, so that nothing can be said about what is inside.</summary>
    public bool? Encrypted { get; init; }
}
