namespace Acp.Interop.DataPlaneCheck;

/// <summary>The SPIs toward each end, and what installs the pair there.</summary>
internal sealed record LabChildSa(uint ToA, uint ToB, Action InstallAtA, Action InstallAtB);
