using Acp.Core.Time;
using Acp.Simulation.Reports;

namespace Acp.Simulation.Rules;

/// <summary>All rules of a run, and what was found against them.</summary>
internal sealed class RuleBook
{
    private const int NodesInStory = 6;
    private const int FactsInStory = 16;

    private readonly Simulation _simulation;
    private readonly List<Rule> _rules;
    private readonly List<RuleBreach> _breaches = [];
    private readonly HashSet<(string Rule, string Text)> _known = [];
    private int _quietDone = -1;
    private int _suspectFor = -1;
    private Instant _suspectSince;

    public RuleBook(Simulation simulation, WakeRule wakes)
    {
        _simulation = simulation;
        _rules =
        [
            wakes,
            new ReachabilityRule(),
            new LoopRule(),
            new RankRule(),
            new DodagRule(),
            new GoneRule(),
            new ChildSaRule(),
            new TableRule(),
            new RogueRule(),
        ];
    }

    public IReadOnlyList<RuleBreach> Breaches => _breaches;

    /// <summary>No use to go on.</summary>
    public bool IsEnough => _breaches.Count >= _simulation.Options.Limits.Breaches || _simulation.Wakes.IsBroken;

    /// <summary>What must hold at any time.</summary>
    public void Check()
    {
        foreach (var rule in _rules)
        {
            foreach (var finding in rule.Check(_simulation))
                Note(rule, finding);
        }
    }

    /// <summary>
    /// What must hold when all is quiet, once for each period of quiet. What is wrong gets a little time to mend itself: a
    /// rekeying that is under way, for example. False while that runs: ask again.
    /// </summary>
    /// <param name="period">Tells one period of quiet from another.</param>
    public bool CheckQuiet(int period)
    {
        if (_quietDone == period)
            return true;
        var findings = _rules.SelectMany(r => r.CheckQuiet(_simulation).Select(f => (Rule: r, Finding: f))).ToList();
        if (findings.Count > 0)
        {
            if (_suspectFor != period)
                (_suspectFor, _suspectSince) = (period, _simulation.Now);
            if (_simulation.Now - _suspectSince < _simulation.Options.Limits.Grace)
                return false;
        }

        _quietDone = period;
        foreach (var (rule, finding) in findings)
            Note(rule, finding);
        return true;
    }

    private void Note(Rule rule, Finding finding)
    {
        if (IsEnough && _breaches.Count > 0 || !_known.Add((rule.Name, finding.Text)))
            return;
        _breaches.Add(new RuleBreach(rule.Name, _simulation.Elapsed, finding.Text, finding.Nodes, StoryOf(finding.Nodes)));
    }

    private List<string> StoryOf(IReadOnlyList<int> nodes) =>
        [.. nodes.Take(NodesInStory)
            .SelectMany(number => _simulation.Nodes[number].Facts.Timed.TakeLast(FactsInStory).Select(f => (Number: number, f.At, f.Fact)))
            .OrderBy(f => f.At)
            .Select(f => $"{f.At - _simulation.Options.Start} {_simulation.Nodes[f.Number].Name} {f.Fact}")];
}
