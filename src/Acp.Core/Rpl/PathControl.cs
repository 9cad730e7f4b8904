using System.Numerics;

namespace Acp.Core.Rpl;

/// <summary>
/// Division of path control bits among DAO parents (RFC 6550 §9.9): each bit goes to one parent at most, and the higher
/// ones to the more preferred parents.
/// </summary>
public static class PathControl
{
    /// <summary>Our own targets: PC1 to the preferred parent, PC2 to the next, and so on; <paramref name="size"/> is PCS.</summary>
    public static byte ForOwn(int place, int size)
    {
        var available = (byte)(0xff << (7 - (size & 7)));
        return (byte)(available & (0xc0 >> (2 * place)));
    }

    /// <summary>
    /// The share of a child's bits that the parent at <paramref name="place"/> of <paramref name="parents"/> gets.
    /// 0 for none: then it must not hear of the target at all. A child that uses no path control
    /// (<paramref name="received"/> 0) is told to the preferred parent only, with 0.
    /// </summary>
    public static byte? ForChild(byte received, int place, int parents)
    {
        if (received == 0)
            return place == 0 ? (byte)0 : null;
        var bits = BitOperations.PopCount(received);
        var holders = Math.Min(bits, parents);
        if (place >= holders)
            return null;
        // Contiguous shares from the highest bit down; the first holders get the odd ones.
        var first = place * (bits / holders) + Math.Min(place, bits % holders);
        var count = bits / holders + (place < bits % holders ? 1 : 0);
        byte share = 0;
        for (int bit = 7, seen = 0; bit >= 0; bit--)
        {
            if ((received & 1 << bit) == 0)
                continue;
            if (seen >= first && seen < first + count)
                share |= (byte)(1 << bit);
            seen++;
        }
        return share;
    }
}
