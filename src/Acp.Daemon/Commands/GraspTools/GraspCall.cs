using System.CommandLine;
using Acp.Asa;

namespace Acp.Daemon.Commands.GraspTools;

/// <summary>One run of a <see cref="GraspTool"/>.</summary>
/// <param name="IsStandalone">The engine is our own and has just started.</param>
internal sealed record GraspCall(
    ParseResult Parsed, ValueText Values, GraspAsa Asa, GraspOutput Output, bool IsStandalone, CancellationToken Cancel);
