using System.Globalization;
using Acp.Core.Node;

namespace Acp.Daemon.Sim;

/// <summary>Everything that the nodes noted, in order, one a line: seconds of virtual time, the node, the fact. <c>grep</c> finds a story in it.</summary>
internal sealed class SimTrace(TextWriter output)
{
    public void Write(TimeSpan elapsed, string node, NodeFact fact) =>
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{elapsed.TotalSeconds:0.000000} {node} {fact}"));
}
