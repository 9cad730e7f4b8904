using System.Buffers.Binary;
using System.Text;

namespace Acp.Daemon.Bench;

/// <summary>
/// A message of strongSwan's control protocol, being written: a tree of sections, values and lists.
/// <code>
///  SECTION_START 1, name     KEY_VALUE 3, name, value     LIST_ITEM 5, value
///  SECTION_END   2           LIST_START 4, name           LIST_END  6
///  name: 1 octet of length; value: 2 octets of length
/// </code>
/// </summary>
internal sealed class ViciMessage
{
    private readonly MemoryStream _bytes = new();

    public byte[] ToArray() => _bytes.ToArray();

    public ViciMessage Section(string name, Action<ViciMessage> content)
    {
        Name(1, name);
        content(this);
        _bytes.WriteByte(2);
        return this;
    }

    public ViciMessage Value(string name, string value) => Value(name, Encoding.UTF8.GetBytes(value));

    public ViciMessage Value(string name, byte[] value)
    {
        Name(3, name);
        Value(value);
        return this;
    }

    public ViciMessage List(string name, params string[] items) => List(name, [.. items.Select(Encoding.UTF8.GetBytes)]);

    public ViciMessage List(string name, params byte[][] items)
    {
        Name(4, name);
        foreach (var item in items)
        {
            _bytes.WriteByte(5);
            Value(item);
        }

        _bytes.WriteByte(6);
        return this;
    }

    private void Name(byte element, string name)
    {
        _bytes.WriteByte(element);
        _bytes.WriteByte((byte)name.Length);
        _bytes.Write(Encoding.ASCII.GetBytes(name));
    }

    private void Value(byte[] value)
    {
        Span<byte> length = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)value.Length);
        _bytes.Write(length);
        _bytes.Write(value);
    }
}
