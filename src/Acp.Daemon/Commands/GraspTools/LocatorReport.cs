using Acp.Asa;

namespace Acp.Daemon.Commands.GraspTools;

/// <summary>Where somebody is who has an objective.</summary>
/// <param name="Kind">ip, fqdn or uri.</param>
/// <param name="Interface">0 for none.</param>
/// <param name="TtlMs">Null when it does not age.</param>
internal sealed record LocatorReport(string Locator, string Kind, string? Protocol, int? Port, int Interface, long? TtlMs, bool Diverted)
{
    public static LocatorReport Of(AsaLocator found) => new(
        found.Locator.Describe(),
        found.IsIpAddress ? "ip" : found.IsFqdn ? "fqdn" : "uri",
        found.Protocol?.ToString().ToLowerInvariant(),
        found.Port,
        found.Interface,
        (long?)found.Ttl?.TotalMilliseconds,
        found.IsDiverted);

    public override string ToString() =>
        Locator + (Interface == 0 ? "" : $"  on interface {Interface}") + (TtlMs is { } ttl ? $"  for {ttl / 1000} s" : "") + (Diverted ? "  (diverted)" : "");
}
