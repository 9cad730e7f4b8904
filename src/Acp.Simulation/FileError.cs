namespace Acp.Simulation;

/// <summary>Why a file of links or of events is not one. Lines are counted from 1.</summary>
public sealed record FileError(string File, int Line, string Reason)
{
    public override string ToString() => $"{File}, line {Line}: {Reason}";
}
