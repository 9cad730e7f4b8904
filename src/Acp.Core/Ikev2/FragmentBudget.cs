namespace Acp.Core.Ikev2;

/// <summary>Octets that the incomplete messages of all IKE SAs may hold together .</summary>
internal sealed class FragmentBudget(int octets)
{
    /// <summary>Octets held now.</summary>
    public int Taken { get; private set; }

    public bool TryTake(int count)
    {
        if (count > octets - Taken)
            return false;
        Taken += count;
        return true;
    }

    public void Return(int count) => Taken -= count;
}
