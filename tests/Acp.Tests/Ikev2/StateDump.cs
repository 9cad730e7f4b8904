using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text;
using Acp.Core;
using Acp.Core.Ikev2;
using Acp.Core.Ikev2.Crypto;
using Acp.Core.Time;

namespace Acp.Tests.Ikev2;

/// <summary>
/// All that a machine remembers, as text: every field of every object that it reaches, in one order. What is left out are its ways out,
/// randomness and primitives, limiters of rates and counters, and scratch fields.
/// </summary>
internal static class StateDump
{
    private static readonly string[] Scratch =
        ["_order", "_touched", "_deadlines", "<IsTouched>k__BackingField", "_arrivedOn", "_lastHint", "_lastRepeat", "_repeats"];

    private static readonly string[] Left =
        ["TokenBucket", "CookieJar", "IkeTracer", "IkeSaTraffic", "ProposalSelector", "Ikev2Options", "Ikev2Identity", "MessageProtector"];

    public static string Of(Ikev2Machine machine)
    {
        var text = new StringBuilder();
        Write(machine, text, new Dictionary<object, int>(ReferenceEqualityComparer.Instance), 0);
        return text.ToString();
    }

    private static void Write(object? value, StringBuilder text, Dictionary<object, int> known, int depth)
    {
        switch (value)
        {
            case null:
                text.Append("null");
                return;
            case string or Enum or Instant or TimeSpan or DateTimeOffset:
                text.Append(CultureInfo.InvariantCulture, $"{value}");
                return;
            case byte[] bytes:
                text.Append(Convert.ToHexString(bytes));
                return;
            case ReadOnlyMemory<byte> memory:
                text.Append(Convert.ToHexString(memory.Span));
                return;
            case SecretBytes secret:
                text.Append(secret.IsDisposed ? "wiped" : Convert.ToHexString(secret.Span));
                return;
            case Delegate or RandomSource or IIkeCrypto or IIkeCipher or IKeyExchange:
                return;
            default:
                break;
        }

        var type = value.GetType();
        if (type.IsPrimitive)
        {
            text.Append(CultureInfo.InvariantCulture, $"{value}");
            return;
        }

        if (Left.Contains(type.Name) || type.Name.StartsWith("Outbox", StringComparison.Ordinal))
            return;
        if (!type.IsValueType && !known.TryAdd(value, known.Count))
        {
            text.Append(CultureInfo.InvariantCulture, $"@{known[value]}");
            return;
        }

        if (value is IEnumerable items)
        {
            text.Append('[');
            foreach (var item in items)
            {
                Write(item, text, known, depth + 1);
                text.Append(", ");
            }

            text.Append(']');
            return;
        }

        text.Append(type.Name).AppendLine(" {");
        for (var level = type; level is not null && level != typeof(object); level = level.BaseType)
        {
            foreach (var field in level.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                if (Scratch.Contains(field.Name))
                    continue;
                text.Append(' ', depth).Append(field.Name).Append(" = ");
                Write(field.GetValue(value), text, known, depth + 1);
                text.AppendLine();
            }
        }

        text.Append('}');
    }
}
