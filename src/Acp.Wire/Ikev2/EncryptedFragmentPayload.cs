using System.Buffers.Binary;

namespace Acp.Wire.Ikev2;

/// <summary>
/// Encrypted and Authenticated Fragment, SKF (RFC 7383 §2.5).
/// <code>
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |        Fragment Number        |        Total Fragments        |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// ~         IV, Encrypted content, Padding, Pad Length, ICV       ~
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// </code>
/// </summary>
/// <param name="FirstInner">In fragment 1 the first payload inside, in all others zero.</param>
/// <param name="FragmentNumber">From 1 to <paramref name="TotalFragments"/>.</param>
/// <param name="BodyOffset">Where the body (after the two numbers) starts in the message.</param>
public sealed record EncryptedFragmentPayload(PayloadType FirstInner, ushort FragmentNumber, ushort TotalFragments,
    ReadOnlyMemory<byte> Body, int BodyOffset) : IkePayload(PayloadType.EncryptedFragment)
{
    /// <summary>Octets of the two numbers.</summary>
    public const int NumbersSize = 4;

    internal static IkeRefusal Decode(PayloadType firstInner, ReadOnlyMemory<byte> body, int offset, out IkePayload? payload)
    {
        payload = null;
        if (body.Length < NumbersSize)
            return IkeRefusal.Fragment;
        var number = BinaryPrimitives.ReadUInt16BigEndian(body.Span);
        var total = BinaryPrimitives.ReadUInt16BigEndian(body.Span[2..]);
        if (number == 0 || number > total)
            return IkeRefusal.Fragment;
        payload = new EncryptedFragmentPayload(firstInner, number, total, body[NumbersSize..], offset + NumbersSize);
        return IkeRefusal.None;
    }

    internal override void WriteBody(IkeWriter writer)
    {
        writer.UInt16(FragmentNumber);
        writer.UInt16(TotalFragments);
        writer.Octets(Body.Span);
    }
}
