using System.Globalization;

namespace Acp.Core.Grasp;

/// <summary>session_handle (RFC 8991 §2.3.2.8): unpredictable, valid for one ASA until its session ends (I-24).</summary>
public readonly record struct SessionHandle(uint Value)
{
    public override string ToString() => "session" + Value.ToString(CultureInfo.InvariantCulture);
}
