namespace Acp.Core.Ikev2;

/// <summary>Octets that the incomplete messages of all IKE SAs may hold together .</summary>
internal sealed class FragmentBudget(int octets)
{
    private int _left = octets;

    public bool TryTake(int count)
    {
        if (count > _left)
            return false;
        _left -= count;
        return true;
    }

    public void Return(int count) => _left += count;
}
