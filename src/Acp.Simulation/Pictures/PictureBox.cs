namespace Acp.Simulation.Pictures;

/// <summary>One box of a picture.</summary>
/// <param name="Label">Beside it, where there is room, and when pointed at.</param>
/// <param name="State">Its colour.</param>
/// <param name="Parent">The number of its preferred parent, if it has one.</param>
/// <param name="Note">More to say when pointed at: rank, address.</param>
public sealed record PictureBox(string Label, PictureBoxState State, int? Parent, string Note = "");
