using System.Diagnostics.CodeAnalysis;

namespace Acp.Daemon.Control;

/// <summary>A report, or why there is none.</summary>
/// <param name="Text">For people; empty with a report.</param>
public sealed record ControlAnswer<T>(T? Report, ControlRefusal Refusal, string Text)
    where T : class
{
    [MemberNotNullWhen(true, nameof(Report))]
    public bool IsGranted => Refusal == ControlRefusal.None;

    public static ControlAnswer<T> Grant(T report) => new(report, ControlRefusal.None, "");

    public static ControlAnswer<T> Refuse(ControlRefusal refusal, string text) => new(null, refusal, text);
}
