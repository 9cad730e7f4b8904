using Acp.Linux.Interop;
using Acp.Linux.Namespaces;
using Acp.Linux.Netlink;
using Acp.Wire;
using Acp.Wire.Netlink;
using XfrmConstants = Acp.Wire.Netlink.Xfrm;

namespace Acp.Linux.Xfrm;

/// <summary>
/// States and policies of one namespace, each call one request, acknowledged before it returns. Deletions of what is
/// not there are no errors. Wipes the keys it sends and the ones it is told. Not thread-safe.
/// </summary>
public sealed class XfrmSocket : IDisposable
{
    private const uint IcvBits = 128;

    private readonly NetworkNamespace _ns;
    private readonly NetlinkRequestSocket _socket;

    /// <param name="ns">Must outlive this object.</param>
    /// <exception cref="SystemCallException">EPROTONOSUPPORT: a kernel without xfrm_user.</exception>
    public XfrmSocket(NetworkNamespace ns)
    {
        _ns = ns;
        _socket = new NetlinkRequestSocket(ns, NetlinkSockets.NETLINK_XFRM);
    }

    /// <summary>Adds a state. EEXIST: the destination already has that SPI, of whichever link.</summary>
    /// <param name="algorithm">An AEAD with an ICV of 16 octets, such as <see cref="XfrmConstants.AesGcmName"/>.</param>
    public void AddState(XfrmStateMessage state, string algorithm, ReadOnlySpan<byte> key)
    {
        var request = XfrmRequests.AddState(state, algorithm, key, IcvBits);
        try
        {
            _socket.Request(request, $"add the ESP state {state.Spi:x8} {state.Source} to {state.Destination} in {_ns}");
        }
        finally
        {
            request.Wipe();
        }
    }

    public void DeleteState(Ipv6Address destination, uint spi) =>
        RequestUnlessGone(XfrmRequests.DeleteState(destination, spi), $"delete the ESP state {spi:x8} to {destination} in {_ns}");

    /// <summary>The state with its counters, or null when there is none.</summary>
    public XfrmStateMessage? FindState(Ipv6Address destination, uint spi)
    {
        XfrmStateMessage? found = null;
        var attempted = $"read the ESP state {spi:x8} to {destination} in {_ns}";
        try
        {
            var error = _socket.TryRequest(XfrmRequests.GetState(destination, spi), attempted, (header, payload) =>
            {
                if (header.Type == XfrmConstants.XFRM_MSG_NEWSA && XfrmStateMessage.TryDecode(payload, out var state, out _))
                    found = state;
            });
            if (error.Errno is not (0 or Errno.ESRCH))
                throw new NetlinkException(error.Errno, error.Text, attempted);
        }
        finally
        {
            _socket.WipeAnswers();
        }

        return found;
    }

    /// <summary>All ESP states between IPv6 addresses.</summary>
    public List<XfrmStateMessage> States()
    {
        var states = new List<XfrmStateMessage>();
        try
        {
            _socket.Dump(
                XfrmRequests.GetStates(),
                $"list the ESP states of {_ns}",
                (header, payload) =>
                {
                    if (header.Type == XfrmConstants.XFRM_MSG_NEWSA && XfrmStateMessage.TryDecode(payload, out var state, out _))
                        states.Add(state);
                },
                states.Clear);
        }
        finally
        {
            _socket.WipeAnswers();
        }

        return states;
    }

    /// <inheritdoc cref="XfrmRequests.AddPolicy"/>
    public void AddPolicy(byte direction, uint ifId, uint requestId, Ipv6Address source, Ipv6Address destination) =>
        _socket.Request(
            XfrmRequests.AddPolicy(direction, ifId, requestId, source, destination),
            $"add the policy (direction {direction}) of if_id {ifId:x} in {_ns}");

    public void DeletePolicy(byte direction, uint ifId) =>
        RequestUnlessGone(XfrmRequests.DeletePolicy(direction, ifId), $"delete the policy (direction {direction}) of if_id {ifId:x} in {_ns}");

    public void DeletePolicy(XfrmPolicyMessage policy) =>
        RequestUnlessGone(XfrmRequests.DeletePolicy(policy), $"delete the policy {policy.Index} of if_id {policy.IfId:x} in {_ns}");

    public List<XfrmPolicyMessage> Policies()
    {
        var policies = new List<XfrmPolicyMessage>();
        _socket.Dump(
            XfrmRequests.GetPolicies(),
            $"list the policies of {_ns}",
            (header, payload) =>
            {
                if (header.Type == XfrmConstants.XFRM_MSG_NEWPOLICY && XfrmPolicyMessage.TryDecode(payload, out var policy, out _))
                    policies.Add(policy);
            },
            policies.Clear);
        return policies;
    }

    public void Dispose() => _socket.Dispose();

    private void RequestUnlessGone(NetlinkMessageBuilder request, string attempted)
    {
        var error = _socket.TryRequest(request, attempted);
        if (error.Errno is not (0 or Errno.ESRCH or Errno.ENOENT))
            throw new NetlinkException(error.Errno, error.Text, attempted);
    }
}
