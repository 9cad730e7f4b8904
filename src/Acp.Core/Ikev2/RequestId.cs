using System.Globalization;

namespace Acp.Core.Ikev2;

/// <summary>Names one question (sign, verify) that the machine asked; its answer carries it back.</summary>
public readonly record struct RequestId(long Value)
{
    public override string ToString() => "req" + Value.ToString(CultureInfo.InvariantCulture);
}
