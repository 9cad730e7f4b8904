namespace Acp.Daemon.Control;

/// <summary>What somebody may want of a channel. In kebab case it is the last part of its path: <c>POST /channel/rekey-child?peer=…</c>.</summary>
public enum ChannelWish
{
    /// <summary>A fresh child SA in place of the one it has (RFC 7296 §1.3.3).</summary>
    RekeyChild,

    /// <summary>A fresh IKE SA in place of the one it has (RFC 7296 §1.3.2).</summary>
    RekeyIke,

    /// <summary>An orderly end, told to the peer with DELETE. The neighbour is met again as after any other end.</summary>
    Close,
}
