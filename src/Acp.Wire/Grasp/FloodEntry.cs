namespace Acp.Wire.Grasp;

/// <summary><c>[objective, (locator-option / [])]</c> of an M_FLOOD.</summary>
/// <param name="Locator">Null for the null locator <c>[]</c>, which is a tag like any other (H-36).</param>
public sealed record FloodEntry(Objective Objective, Locator? Locator);
