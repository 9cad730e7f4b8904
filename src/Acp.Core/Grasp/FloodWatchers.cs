using Acp.Core.Time;
using Acp.Wire;
using Acp.Wire.Grasp;

namespace Acp.Core.Grasp;

/// <summary>
/// Calls that wait for news in the flood cache. The cache itself is what is queued for them: who asks rarely gets fewer
/// copies and never a backlog.
/// </summary>
internal sealed class FloodWatchers(GraspState state)
{
    /// <summary>In one answer.</summary>
    public const int MostAtOnce = 64;

    private readonly LinkedList<(CommandId Id, GraspCommand.WatchFloods Call)> _waiting = new();

    public void Watch(Instant now, CommandId id, GraspCommand.WatchFloods call)
    {
        var found = state.FloodCache.Since(now, call.Objective, call.After, MostAtOnce, out var next);
        if (found.Count > 0)
        {
            state.Complete(id, new GraspResult.FloodNews(found.ToValueList(), next));
            return;
        }
        var node = _waiting.AddLast((id, call));
        state.Pending[id] = _ => _waiting.Remove(node);
    }

    /// <summary>Whoever waits has heard all that was news before.</summary>
    public void HandleNews(FloodedObjective flood)
    {
        for (var node = _waiting.First; node is not null;)
        {
            var (id, call) = node.Value;
            var here = node;
            node = node.Next;
            if (call.Objective is not null && call.Objective != flood.Objective.Name)
                continue;
            _waiting.Remove(here);
            state.Complete(id, new GraspResult.FloodNews([flood], state.FloodCache.News));
        }
    }

    public void EndAllOf(AsaHandle asa)
    {
        for (var node = _waiting.First; node is not null;)
        {
            var here = node;
            node = node.Next;
            if (here.Value.Call.Asa != asa)
                continue;
            _waiting.Remove(here);
            state.Complete(here.Value.Id, GraspError.noASA);
        }
    }
}
