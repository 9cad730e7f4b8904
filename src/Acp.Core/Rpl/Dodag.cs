using Acp.Wire;

namespace Acp.Core.Rpl;

/// <summary>What makes one DODAG better than another: grounded, then preference, then the lower DODAGID.</summary>
internal readonly record struct Dodag(bool Grounded, byte Preference, Ipv6Address Id)
{
    /// <summary>Preferences from here on make a grounded DODAG.</summary>
    public const byte GroundedPreference = 2;

    /// <summary>The DODAG that a node of this preference would be root of.</summary>
    public static Dodag Own(byte preference, Ipv6Address address) =>
        new(preference >= GroundedPreference, preference, address);

    public bool IsBetterThan(Dodag other)
    {
        if (Grounded != other.Grounded)
            return Grounded;
        if (Preference != other.Preference)
            return Preference > other.Preference;
        return Id.CompareTo(other.Id) < 0;
    }
}
