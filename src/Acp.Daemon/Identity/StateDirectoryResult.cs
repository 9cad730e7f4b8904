using System.Diagnostics.CodeAnalysis;
using Acp.Core.Identity;

namespace Acp.Daemon.Identity;

/// <summary>What loading a state directory gave.</summary>
/// <param name="Identity">Null when there is a problem. The caller disposes it.</param>
/// <param name="IdentityRefusal">More on <see cref="StateDirectoryProblem.BadIdentity"/>.</param>
/// <param name="Error">One line that names the file and the reason; empty when all is well.</param>
/// <param name="Warnings">Lines worth logging: an expired certificate, permissions that were tightened.</param>
public sealed record StateDirectoryResult(
    NodeIdentity? Identity,
    StateDirectoryProblem Problem,
    NodeIdentityRefusal IdentityRefusal,
    string Error,
    IReadOnlyList<string> Warnings)
{
    [MemberNotNullWhen(true, nameof(Identity))]
    public bool IsLoaded => Identity is not null;
}
