using Acp.Wire.Grasp;

namespace Acp.Core.Grasp;

/// <summary>Who is who, and whose objective is whose (RFC 8991 §2.3.3). Names are compared octet by octet (H-16).</summary>
internal sealed class Registry(GraspOptions options, RandomSource random)
{
    private readonly Dictionary<AsaHandle, RegisteredAsa> _asas = [];
    private readonly Dictionary<string, RegisteredAsa> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<RegisteredObjective>> _objectives = new(StringComparer.Ordinal);

    public int AsaCount => _asas.Count;

    public IEnumerable<RegisteredAsa> Asas => _asas.Values;

    public GraspError AddAsa(string name, out RegisteredAsa? asa)
    {
        asa = null;
        if (_byName.ContainsKey(name))
            return GraspError.dupASA;
        if (_asas.Count >= options.MaxAsas)
            return GraspError.ASAfull;
        AsaHandle handle;
        do
        {
            handle = new AsaHandle(random.NextUInt32());
        }
        while (handle.Value == 0 || _asas.ContainsKey(handle));
        asa = new RegisteredAsa(handle, name);
        _asas.Add(handle, asa);
        _byName.Add(name, asa);
        return GraspError.ok;
    }

    public RegisteredAsa? Find(AsaHandle handle) => _asas.GetValueOrDefault(handle);

    /// <summary>6 or 7 (I-04). The ASA's objectives are the caller's to remove first.</summary>
    public GraspError FindForRemoval(AsaHandle handle, string name, out RegisteredAsa? asa)
    {
        asa = Find(handle);
        if (asa is null)
            return GraspError.noASA;
        return asa.Name == name ? GraspError.ok : GraspError.notYourASA;
    }

    public void Remove(RegisteredAsa asa)
    {
        _asas.Remove(asa.Handle);
        _byName.Remove(asa.Name);
    }

    public GraspError AddObjective(RegisteredAsa asa, GraspCommand.RegisterObjective registration)
    {
        var flags = registration.Objective.Flags;
        if (flags.HasFlag(ObjectiveFlags.F_NEG) && flags.HasFlag(ObjectiveFlags.F_SYNCH))
            return GraspError.notBoth;
        if (flags.HasFlag(ObjectiveFlags.F_NEG_DRY) && !flags.HasFlag(ObjectiveFlags.F_NEG))
            return GraspError.notDry;
        if (!options.ExperimentalObjectives && registration.Objective.Name is ['E', 'X', >= '0' and <= '9'])
            return GraspError.experimental;
        if (registration.Overlap && !options.SupportsOverlap)
            return GraspError.notOverlap;
        if (asa.Objectives.Count >= options.MaxObjectivesPerAsa)
            return GraspError.objFull;
        var objective = new RegisteredObjective(asa, registration);
        if (_objectives.TryGetValue(objective.Name, out var others))
        {
            // Overlap is for several ASAs, and all of them must say so (I-07).
            if (!registration.Overlap || others.Exists(o => !o.Registration.Overlap || o.Asa == asa))
                return GraspError.objReg;
            others.Add(objective);
        }
        else
        {
            _objectives.Add(objective.Name, [objective]);
        }
        asa.Objectives.Add(objective);
        return GraspError.ok;
    }

    public void Remove(RegisteredObjective objective)
    {
        objective.Asa.Objectives.Remove(objective);
        if (!_objectives.TryGetValue(objective.Name, out var all))
            return;
        all.Remove(objective);
        if (all.Count == 0)
            _objectives.Remove(objective.Name);
    }

    /// <summary>What this ASA registered under this name, or 13 (somebody else did) or 14 (nobody did).</summary>
    public GraspError FindOwn(RegisteredAsa asa, string name, out RegisteredObjective? objective)
    {
        objective = null;
        if (!_objectives.TryGetValue(name, out var all))
            return GraspError.notObj;
        objective = all.Find(o => o.Asa == asa);
        return objective is null ? GraspError.notYourObj : GraspError.ok;
    }

    /// <summary>All registrations of this name, the oldest first.</summary>
    public IReadOnlyList<RegisteredObjective> Find(string name) =>
        _objectives.TryGetValue(name, out var all) ? all : [];
}
