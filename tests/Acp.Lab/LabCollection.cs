namespace Acp.Lab;

/// <summary>Tests that make whole labs run one after the other: each lab removes dead ones, and they share two cores.</summary>
[CollectionDefinition(nameof(LabCollection), DisableParallelization = true)]
public sealed class LabCollection;
