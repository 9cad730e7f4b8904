namespace Acp.Wire.Grasp;

/// <summary>
/// <c>[O_URI_LOCATOR, text, transport-proto / null, port-number / null]</c>. Never assumed to lie inside the ACP (H-50).
/// graspy's divert leaves the last two away altogether; that reads as null.
/// </summary>
public sealed record UriLocator(string Uri, TransportProtocol? Protocol, ushort? Port) : Locator;
