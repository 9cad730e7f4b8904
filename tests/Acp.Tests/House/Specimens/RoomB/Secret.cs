namespace Acp.Tests.House.Specimens.RoomB;

/// <summary>What <c>RoomA</c> should not know.</summary>
internal sealed class Secret;
