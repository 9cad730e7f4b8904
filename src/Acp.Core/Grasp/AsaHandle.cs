using System.Globalization;

namespace Acp.Core.Grasp;

/// <summary>asa_handle (RFC 8991 §2.3.2): unpredictable, and shown by every call of the ASA that it was given to (I-03).</summary>
public readonly record struct AsaHandle(uint Value)
{
    public override string ToString() => "asa" + Value.ToString(CultureInfo.InvariantCulture);
}
