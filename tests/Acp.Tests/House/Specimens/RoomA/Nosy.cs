using Acp.Tests.House.Specimens.RoomB;

namespace Acp.Tests.House.Specimens.RoomA;

/// <summary>Wrong on purpose: looks into another room, from inside a lambda, as a generic argument.</summary>
internal static class Nosy
{
    public static Func<int> Look => () => new List<Secret>().Count;
}
