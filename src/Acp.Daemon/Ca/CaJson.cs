using System.Text.Json.Serialization;

namespace Acp.Daemon.Ca;

/// <summary>The CA's own file and what <c>acpd ca show --json</c> prints.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    WriteIndented = true,
    AllowTrailingCommas = false,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(RegistrarRecord))]
[JsonSerializable(typeof(IReadOnlyList<CertificateDescription>))]
internal sealed partial class CaJson : JsonSerializerContext;
