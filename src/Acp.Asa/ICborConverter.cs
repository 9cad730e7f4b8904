using System.Formats.Cbor;

namespace Acp.Asa;

/// <summary>How a type of an ASA's own looks as the value of an objective.</summary>
public interface ICborConverter<T>
{
    /// <summary>Writes exactly one item.</summary>
    void Write(CborWriter writer, T value);

    /// <summary>
    /// Reads that item. What a peer sends may be anything: let <see cref="CborContentException"/> and
    /// <see cref="InvalidOperationException"/> pass, they become a <see cref="FormatException"/>.
    /// </summary>
    T Read(CborReader reader);
}
