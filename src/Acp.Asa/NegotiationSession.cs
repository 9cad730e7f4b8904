using Acp.Wire;
using Acp.Wire.Grasp;

namespace Acp.Asa;

/// <summary>
/// One negotiation with one peer (session_handle of RFC 8991 §2.3.2.8), at either end. Disposing of one that is not over
/// declines it, so that the peer need not wait for its timeout.
/// </summary>
public sealed class NegotiationSession : IAsyncDisposable
{
    private readonly IGraspPort _port;
    private readonly uint _asa;
    private readonly uint _handle;

    internal NegotiationSession(IGraspPort port, uint asa, uint handle, Ipv6Address? peer)
    {
        Peer = peer;
        _port = port;
        _asa = asa;
        _handle = handle;
    }

    /// <summary>Who is at the other end, if known (id_source of graspy's session handles).</summary>
    public Ipv6Address? Peer { get; }

    /// <summary>Nothing more can be done with it.</summary>
    public bool IsOver { get; private set; }

    /// <summary>negotiate_step: makes the next offer and waits for what the peer says to it.</summary>
    /// <param name="offer">The same name and flags; its loop count is the engine's business.</param>
    /// <param name="timeout">GRASP_DEF_TIMEOUT if zero.</param>
    public async Task<NegotiationResult> NegotiateStepAsync(Objective offer, TimeSpan timeout = default, CancellationToken cancel = default) =>
        Result(await OverIfCancelled(_port.NegotiateStep(_asa, _handle, offer.ToWire(), timeout, cancel)).ConfigureAwait(false));

    /// <summary>negotiate_wait: asks the peer for that much more time; it is still our turn.</summary>
    public async Task NegotiateWaitAsync(TimeSpan time, CancellationToken cancel = default) =>
        Check(await _port.NegotiateWait(_asa, _handle, time, cancel).ConfigureAwait(false));

    /// <summary>end_negotiate: accepts what the peer offered last.</summary>
    public Task AcceptAsync(CancellationToken cancel = default) => EndNegotiateAsync(true, null, cancel);

    /// <summary>end_negotiate: declines.</summary>
    public Task DeclineAsync(string? reason = null, CancellationToken cancel = default) => EndNegotiateAsync(false, reason, cancel);

    /// <summary>end_negotiate.</summary>
    public async Task EndNegotiateAsync(bool accept, string? reason = null, CancellationToken cancel = default)
    {
        var reply = await _port.EndNegotiate(_asa, _handle, accept, reason, cancel).ConfigureAwait(false);
        IsOver = true;
        GraspException.ThrowIfFailed(reply);
    }

    /// <summary>send_invalid: tells the peer that it makes no sense, which ends the negotiation.</summary>
    public async Task SendInvalidAsync(ReadOnlyMemory<byte> info = default, CancellationToken cancel = default)
    {
        var reply = await _port.SendInvalid(_asa, _handle, info, cancel).ConfigureAwait(false);
        IsOver = true;
        GraspException.ThrowIfFailed(reply);
    }

    /// <summary>Free exchange: any item at all, when it is our turn (graspy's gsend).</summary>
    public async Task SendAsync(CborValue item, CancellationToken cancel = default) =>
        Check(await _port.Send(_asa, _handle, item.Encoded, cancel).ConfigureAwait(false));

    /// <summary>Free exchange: the next item of the peer (graspy's grecv). A timeout leaves the session as it was.</summary>
    public async Task<CborValue> ReceiveAsync(TimeSpan timeout = default, CancellationToken cancel = default)
    {
        var reply = await OverIfCancelled(_port.Receive(_asa, _handle, timeout, cancel)).ConfigureAwait(false);
        Check(reply);
        return CborValue.FromEncoded(reply.Item);
    }

    public async ValueTask DisposeAsync()
    {
        if (IsOver)
            return;
        IsOver = true;
        // Over already, or the ASA is gone: all the same now.
        await _port.EndNegotiate(_asa, _handle, false, null, CancellationToken.None).ConfigureAwait(false);
    }

    internal NegotiationResult Result(PortReply reply)
    {
        switch (reply)
        {
            case { Error: GraspError.ok, Session: not null, Objective: { } offered }:
                return new NegotiationResult.CounterOffer(this, Objective.FromWire(offered));
            case { Error: GraspError.ok, Objective: { } agreed }:
                IsOver = true;
                return new NegotiationResult.Accepted(Objective.FromWire(agreed));
            case { Error: GraspError.declined }:
                IsOver = true;
                return new NegotiationResult.Declined(reply.Reason);
            default:
                Check(reply);
                throw GraspException.Of(GraspError.unspec, "the engine gave no objective");
        }
    }

    private async Task<PortReply> OverIfCancelled(Task<PortReply> call)
    {
        try
        {
            return await call.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            IsOver = true; // the engine ended what the call was part of
            throw;
        }
    }

    // A usage error changes nothing; and a free exchange survives having nothing to read.
    private void Check(PortReply reply)
    {
        if (reply.Error == GraspError.ok)
            return;
        var failure = GraspException.Of(reply.Error, reply.Reason);
        IsOver |= failure is GraspPeerException { Error: not GraspError.noReply };
        throw failure;
    }
}
