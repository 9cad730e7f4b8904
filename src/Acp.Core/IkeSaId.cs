using System.Globalization;

namespace Acp.Core;

/// <summary>An IKE SA by its two SPIs, as they stand in the IKE header; the responder's is 0 until it has answered.</summary>
public readonly record struct IkeSaId(ulong InitiatorSpi, ulong ResponderSpi)
{
    public override string ToString() =>
        InitiatorSpi.ToString("x16", CultureInfo.InvariantCulture) + "_i/"
        + ResponderSpi.ToString("x16", CultureInfo.InvariantCulture) + "_r";
}
