namespace Acp.Explorer;

/// <summary>What must be there when all is quiet.</summary>
public enum Expectation
{
    /// <summary>One channel on both ends or none on either.</summary>
    Either,

    One,

    None,

    /// <summary>One, and the first channel of each end was never closed.</summary>
    Unbroken,
}
