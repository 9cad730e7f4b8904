using System.Diagnostics.CodeAnalysis;

namespace Acp.Wire.Ikev2;

/// <summary>A decoded IKEv2 message: header and outermost payloads in order (RFC 7296 §3.1, §3.2).</summary>
public sealed record IkeMessage(IkeHeader Header, IReadOnlyList<IkePayload> Payloads)
{
    /// <summary>Longest message we take, in octets (D-49).</summary>
    public const int MaxLength = 16 * 1024;

    /// <summary>Most payloads in one message.</summary>
    public const int MaxPayloads = 64;

    /// <summary>The first payload of a kind, or null.</summary>
    public T? Find<T>()
        where T : IkePayload => Payloads.OfType<T>().FirstOrDefault();

    /// <summary>Decodes a datagram of version 2.x; a copy is made, so the caller may reuse its buffer.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out IkeMessage? message, out IkeRefusal refusal) =>
        TryDecode(bytes, out _, out message, out refusal);

    /// <inheritdoc cref="TryDecode(ReadOnlySpan{byte}, out IkeMessage?, out IkeRefusal)"/>
    /// <param name="copy">The whole message, which the payloads are slices of: what is protected can be opened in place.</param>
    public static bool TryDecode(
        ReadOnlySpan<byte> bytes, out byte[] copy, [NotNullWhen(true)] out IkeMessage? message, out IkeRefusal refusal)
    {
        copy = [];
        message = null;
        if (!IkeHeader.TryRead(bytes, out var header))
        {
            refusal = IkeRefusal.TooShort;
            return false;
        }

        if (bytes.Length > MaxLength)
            refusal = IkeRefusal.TooLong;
        else if (header.Length != bytes.Length)
            refusal = IkeRefusal.LengthMismatch;
        else if (header.MajorVersion != 2)
            refusal = IkeRefusal.Version;
        else if (IkePayloadCodec.TryDecodeChain(header.NextPayload, copy = bytes.ToArray(), IkeHeader.Size, true, out var payloads,
                     out refusal))
            message = new IkeMessage(header, payloads);
        return message is not null;
    }

    /// <summary>Encodes; the header's length and next payload are computed.</summary>
    public static byte[] Encode(IkeHeader header, IReadOnlyList<IkePayload> payloads)
    {
        var writer = new IkeWriter();
        writer.Reserve(IkeHeader.Size);
        IkePayloadCodec.EncodeChain(payloads, writer);
        var bytes = writer.ToArray();
        var next = payloads.Count == 0 ? PayloadType.None : payloads[0].Type;
        (header with { NextPayload = next, Length = (uint)bytes.Length }).Write(bytes);
        return bytes;
    }
}
