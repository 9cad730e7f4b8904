namespace Acp.Wire.Grasp;

/// <summary><c>[O_FQDN_LOCATOR, text, transport-proto, port-number]</c>. Never assumed to lie inside the ACP (H-50).</summary>
public sealed record FqdnLocator(string Name, TransportProtocol Protocol, ushort Port) : Locator;
