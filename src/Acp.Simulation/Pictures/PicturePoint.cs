namespace Acp.Simulation.Pictures;

/// <summary>Where the middle of a box is, in pixels.</summary>
public readonly record struct PicturePoint(double X, double Y);
