namespace Acp.Explorer;

/// <summary>One operation of a schedule.</summary>
/// <param name="At">Since the schedule's begin.</param>
/// <param name="Node">0 for A, the Decider; 1 for B.</param>
/// <param name="Span">How long, for those that last.</param>
public readonly record struct Operation(TimeSpan At, int Node, OperationKind Kind, TimeSpan Span = default);
