using System.Formats.Cbor;
using System.Security.Cryptography;
using Acp.Asa;

namespace Acp.Daemon.Agents.Files;

/// <summary>
/// What the objective of a file holds, <c>[size, part-size, sha256]</c>. Its parts are objectives of their own, byte strings: all but the
/// last one of part-size.
/// </summary>
internal sealed record FileManifest(long Size, int PartSize, string Sha256)
{
    /// <summary>So large that a message with it is within what engines take, 256 KiB.</summary>
    public const int DefaultPartSize = 192 * 1024;

    /// <summary>Octets of a message with such a part.</summary>
    public const int MaxMessageSize = DefaultPartSize + 1024;

    public static readonly ICborConverter<FileManifest> Converter = new ManifestConverter();

    public int Parts => (int)((Size + PartSize - 1) / PartSize);

    public static Objective ObjectiveOf(string name) => Objective.Synchronizable($"acpd:file/{name}");

    public static Objective PartOf(string name, int part) => Objective.Synchronizable($"acpd:file/{name}/{part.ToString(System.Globalization.CultureInfo.InvariantCulture)}");

    public static FileManifest Of(ReadOnlySpan<byte> contents) => new(contents.Length, DefaultPartSize, Hash(contents));

    public static string Hash(ReadOnlySpan<byte> contents) => Convert.ToHexStringLower(SHA256.HashData(contents));

    /// <summary>How long this part has to be.</summary>
    public int LengthOf(int part) => (int)Math.Min(PartSize, Size - (long)part * PartSize);

    private sealed class ManifestConverter : ICborConverter<FileManifest>
    {
        public void Write(CborWriter writer, FileManifest value)
        {
            writer.WriteStartArray(3);
            writer.WriteInt64(value.Size);
            writer.WriteInt32(value.PartSize);
            writer.WriteByteString(Convert.FromHexString(value.Sha256));
            writer.WriteEndArray();
        }

        public FileManifest Read(CborReader reader)
        {
            reader.ReadStartArray();
            var size = reader.ReadInt64();
            var part = reader.ReadInt32();
            var hash = reader.ReadByteString();
            reader.ReadEndArray();
            return size >= 0 && part is > 0 and <= DefaultPartSize && hash.Length == SHA256.HashSizeInBytes
                ? new FileManifest(size, part, Convert.ToHexStringLower(hash))
                : throw new FormatException("a file's description that makes no sense");
        }
    }
}
