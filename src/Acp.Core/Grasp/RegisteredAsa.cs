namespace Acp.Core.Grasp;

/// <summary>An ASA and what it registered.</summary>
internal sealed class RegisteredAsa(AsaHandle handle, string name)
{
    public AsaHandle Handle { get; } = handle;

    public string Name { get; } = name;

    public List<RegisteredObjective> Objectives { get; } = [];
}
