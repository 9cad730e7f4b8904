namespace Acp.Tests;

/// <summary>Tests that measure what the whole process holds: nothing else runs beside them.</summary>
[CollectionDefinition(nameof(AloneCollection), DisableParallelization = true)]
public class AloneCollection;
