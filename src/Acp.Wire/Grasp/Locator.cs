namespace Acp.Wire.Grasp;

/// <summary>A locator option (RFC 8990 §2.9.5).</summary>
public abstract record Locator
{
    // Only the four kinds of the RFC exist.
    private protected Locator()
    {
    }
}
