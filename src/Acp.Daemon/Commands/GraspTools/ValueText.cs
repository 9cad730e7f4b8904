using System.Text.Json;
using Acp.Asa;
using Acp.Daemon.Agents;
using Acp.Wire.Cbor;

namespace Acp.Daemon.Commands.GraspTools;

/// <summary>
/// Values as people give and read them: JSON or, with <c>--diag</c>, CBOR's diagnostic notation, which can say all that CBOR can.
/// In lines for people they are printed as the latter, which is JSON wherever JSON can say it.
/// </summary>
internal sealed class ValueText(bool diagnostic)
{
    /// <exception cref="GraspToolException">It is neither.</exception>
    public CborValue Read(string text)
    {
        if (diagnostic)
        {
            return CborDiagnostic.TryParse(text, out var encoded, out var error)
                ? CborValue.FromEncoded(encoded)
                : throw new GraspToolException(ExitCode.Usage, $"--value is not in diagnostic notation: {error}");
        }
        try
        {
            return JsonValue.Parse(text);
        }
        catch (JsonException e)
        {
            var hint = text.All(c => char.IsLetterOrDigit(c) || c is '-' or '_' or ' ') && text.Length > 0
                ? $"; a text needs quotes of its own: '\"{text}\"'" : "";
            throw new GraspToolException(ExitCode.Usage, $"--value is not JSON{hint} ({e.Message.Split(". Path")[0]})");
        }
    }

    public string Print(CborValue value) => CborDiagnostic.Print(value.Encoded);

    /// <summary>For <c>--json</c>: the value itself as far as JSON has it; with <c>--diag</c> what it is in that notation, as a text.</summary>
    public JsonElement ToJson(CborValue value)
    {
        if (!diagnostic)
            return CborJson.ToJson(value.Encoded);
        using var document = JsonDocument.Parse(JsonSerializer.SerializeToUtf8Bytes(Print(value), GraspJson.Default.String));
        return document.RootElement.Clone();
    }
}
