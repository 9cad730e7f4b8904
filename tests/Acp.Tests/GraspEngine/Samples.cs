using System.Formats.Cbor;
using Acp.Wire;
using Acp.Wire.Grasp;

namespace Acp.Tests.GraspEngineRoom;

/// <summary>Objectives and values that the tests use.</summary>
internal static class Samples
{
    public const ObjectiveFlags Neg = ObjectiveFlags.F_DISC | ObjectiveFlags.F_NEG;
    public const ObjectiveFlags Synch = ObjectiveFlags.F_DISC | ObjectiveFlags.F_SYNCH;

    public static ByteString Value(int number)
    {
        var w = new CborWriter();
        w.WriteInt32(number);
        return w.Encode();
    }

    public static ByteString Bytes(int count)
    {
        var w = new CborWriter();
        w.WriteByteString(new byte[count]);
        return w.Encode();
    }

    public static Objective Negotiable(int value = 0, string name = "EX1", byte loopCount = 6) => new(name, Neg, loopCount, Value(value));

    public static Objective Synchronizable(int value = 0, string name = "EX2", byte loopCount = 6) => new(name, Synch, loopCount, Value(value));

    public static ValueList<FloodEntry> Entry(Objective objective, Locator? locator = null) => [new FloodEntry(objective, locator)];
}
