using Acp.Wire.Grasp;

namespace Acp.Wire.Attach;

/// <summary>
/// A call of the API (RFC 8991 §2.3), with its number and arguments in the order of the parameters here.
/// <code>
/// objective = [name, flags, loop-count, value: bytes / null, signature: bytes / null]
/// locator   = a locator option of RFC 8990 §2.9.5
/// </code>
/// </summary>
/// <param name="Asa">Whose call it is: an asa_handle. Functions that need none have 0, and do not send it.</param>
public abstract record AttachCall(uint Asa)
{
    /// <summary>0: the name.</summary>
    public sealed record RegisterAsa(string Name) : AttachCall(0);

    /// <summary>1</summary>
    public sealed record DeregisterAsa(uint Asa, string Name) : AttachCall(Asa);

    /// <summary>2; flags: 1 discoverable, 2 overlap, 4 local, 8 rapid.</summary>
    public sealed record RegisterObjective(
        uint Asa, Objective Objective, TimeSpan Ttl, uint Flags, ValueList<Locator> Locators, int MaxMessageSize) : AttachCall(Asa);

    /// <summary>3</summary>
    public sealed record DeregisterObjective(uint Asa, string Objective) : AttachCall(Asa);

    /// <summary>4</summary>
    public sealed record Discover(uint Asa, Objective Objective, TimeSpan Timeout, TimeSpan MinimumTtl, int Enough) : AttachCall(Asa);

    /// <summary>5</summary>
    public sealed record RequestNegotiate(
        uint Asa, Objective Objective, AttachLocator? Peer, TimeSpan Timeout, bool Rapid, bool FreeExchange) : AttachCall(Asa);

    /// <summary>6</summary>
    public sealed record ListenNegotiate(uint Asa, string Objective) : AttachCall(Asa);

    /// <summary>7</summary>
    public sealed record StopListenNegotiate(uint Asa, string Objective) : AttachCall(Asa);

    /// <summary>8</summary>
    public sealed record NegotiateStep(uint Asa, uint Session, Objective Objective, TimeSpan Timeout) : AttachCall(Asa);

    /// <summary>9</summary>
    public sealed record NegotiateWait(uint Asa, uint Session, TimeSpan Timeout) : AttachCall(Asa);

    /// <summary>10</summary>
    public sealed record EndNegotiate(uint Asa, uint Session, bool Accept, string? Reason) : AttachCall(Asa);

    /// <summary>11</summary>
    public sealed record SendInvalid(uint Asa, uint Session, ByteString Info) : AttachCall(Asa);

    /// <summary>12</summary>
    public sealed record Send(uint Asa, uint Session, ByteString Item) : AttachCall(Asa);

    /// <summary>13</summary>
    public sealed record Receive(uint Asa, uint Session, TimeSpan Timeout) : AttachCall(Asa);

    /// <summary>14</summary>
    public sealed record Synchronize(uint Asa, Objective Objective, AttachLocator? Peer, TimeSpan Timeout, bool Rapid) : AttachCall(Asa);

    /// <summary>15</summary>
    public sealed record ListenSynchronize(uint Asa, Objective Objective) : AttachCall(Asa);

    /// <summary>16</summary>
    public sealed record StopListenSynchronize(uint Asa, string Objective) : AttachCall(Asa);

    /// <summary>17; each objective as a flood-entry with a ttl of null and a signature of 0.</summary>
    public sealed record Flood(uint Asa, TimeSpan Ttl, ValueList<AttachFlood> Objectives) : AttachCall(Asa);

    /// <summary>18</summary>
    public sealed record GetFlood(uint Asa, string? Objective) : AttachCall(Asa);

    /// <summary>19</summary>
    public sealed record WatchFloods(uint Asa, string? Objective, long After) : AttachCall(Asa);

    /// <summary>20</summary>
    public sealed record ExpireFlood(uint Asa, string Objective, Locator? Locator) : AttachCall(Asa);

    /// <summary>21: nothing.</summary>
    public sealed record AwaitOperational() : AttachCall(0);

    /// <summary>22: nothing.</summary>
    public sealed record DumpAll() : AttachCall(0);
}
