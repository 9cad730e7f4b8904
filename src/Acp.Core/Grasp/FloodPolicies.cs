using System.Diagnostics.CodeAnalysis;
using Acp.Wire;

namespace Acp.Core.Grasp;

/// <summary>The policy for each objective, by name. Compares by value.</summary>
/// <param name="Others">For all that have none of their own.</param>
public sealed record FloodPolicies(FloodPolicy Others, ValueList<KeyValuePair<string, FloodPolicy>> Own)
{
    /// <summary>What leads a newcomer to the registrar is signed and checked (O-12), nothing else.</summary>
    public static FloodPolicies Recommended { get; } = new(FloodPolicy.Off,
        [new("SRV.est", FloodPolicy.Accept), new("AN_join_registrar", FloodPolicy.Accept)]);

    public static FloodPolicies Off { get; } = new(FloodPolicy.Off, []);

    /// <summary>The same for all objectives.</summary>
    public static FloodPolicies All(FloodPolicy policy) => new(policy, []);

    public FloodPolicy Of(string objective)
    {
        foreach (var (name, policy) in Own)
        {
            if (name == objective)
                return policy;
        }
        return Others;
    }

    /// <summary>
    /// Reads <c>accept,SRV.est=require</c>: policies with a name before them, and at most one without, for all others.
    /// </summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out FloodPolicies? policies, out string reason)
    {
        policies = null;
        FloodPolicy? others = null;
        var own = new List<KeyValuePair<string, FloodPolicy>>();
        foreach (var part in text.Split(','))
        {
            var equals = part.LastIndexOf('=');
            var word = part[(equals + 1)..];
            FloodPolicy? policy = word switch
            {
                "off" => FloodPolicy.Off,
                "accept" => FloodPolicy.Accept,
                "require" => FloodPolicy.Require,
                _ => null,
            };
            if (policy is not { } known)
            {
                reason = $"'{word}' is none of off, accept, require";
                return false;
            }
            if (equals == 0 || (equals < 0 && others is not null) || own.Exists(o => equals > 0 && o.Key == part[..equals]))
            {
                reason = equals == 0 ? $"'{part}' names no objective" : $"'{part}' is said twice";
                return false;
            }
            if (equals < 0)
                others = known;
            else
                own.Add(new(part[..equals], known));
        }
        reason = "";
        policies = new FloodPolicies(others ?? FloodPolicy.Off, own.ToValueList());
        return true;
    }

    public override string ToString() => string.Join(',', Own.Select(o => $"{o.Key}={Word(o.Value)}").Prepend(Word(Others)));

    private static string Word(FloodPolicy policy) => policy switch
    {
        FloodPolicy.Accept => "accept",
        FloodPolicy.Require => "require",
        _ => "off",
    };
}
