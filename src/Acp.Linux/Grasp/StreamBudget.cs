namespace Acp.Linux.Grasp;

/// <summary>
/// What the unfinished messages of all streams together may take. The first GRASP_DEF_MAX_SIZE octets of each are free: a
/// stream that sends no more than it should is never closed for what others do.
/// </summary>
/// <param name="octets">Of all streams together.</param>
internal sealed class StreamBudget(int octets)
{
    public const int UsualOctets = 8 << 20;

    private int _left = octets;

    /// <summary>False when there is not that much left.</summary>
    public bool TryTake(int octets)
    {
        if (octets > _left)
            return false;
        _left -= octets;
        return true;
    }

    public void Return(int octets) => _left += octets;
}
