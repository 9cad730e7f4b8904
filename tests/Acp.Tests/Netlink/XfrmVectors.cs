namespace Acp.Tests.Netlink;

/// <summary>What iproute2 sent and the kernel answered, by name; see the head of xfrm-vectors.txt.</summary>
internal static class XfrmVectors
{
    private static readonly Dictionary<string, byte[]> All = Load();

    public static byte[] Get(string name) => All[name].ToArray();

    private static Dictionary<string, byte[]> Load()
    {
        using var reader = new StreamReader(typeof(XfrmVectors).Assembly.GetManifestResourceStream("Netlink.xfrm-vectors.txt")!);
        return reader.ReadToEnd()
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => line[0] != '#')
            .Select(line => line.Split(' '))
            .ToDictionary(parts => parts[0], parts => Convert.FromHexString(parts[1]));
    }
}
