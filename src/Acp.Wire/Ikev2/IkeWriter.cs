using System.Buffers.Binary;

namespace Acp.Wire.Ikev2;

/// <summary>A growing buffer for the payload encoders, with lengths patched in afterwards.</summary>
internal sealed class IkeWriter
{
    private byte[] _bytes = new byte[256];

    public int Length { get; private set; }

    public void Byte(byte value) => Reserve(1)[0] = value;

    public void UInt16(ushort value) => BinaryPrimitives.WriteUInt16BigEndian(Reserve(2), value);

    public void UInt32(uint value) => BinaryPrimitives.WriteUInt32BigEndian(Reserve(4), value);

    public void Octets(ReadOnlySpan<byte> octets) => octets.CopyTo(Reserve(octets.Length));

    public void PatchUInt16(int offset, int value) =>
        BinaryPrimitives.WriteUInt16BigEndian(_bytes.AsSpan(offset), checked((ushort)value));

    public void PatchByte(int offset, byte value) => _bytes[offset] = value;

    public byte[] ToArray() => _bytes.AsSpan(0, Length).ToArray();

    public Span<byte> Reserve(int count)
    {
        if (Length + count > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + count));
        var span = _bytes.AsSpan(Length, count);
        Length += count;
        return span;
    }
}
