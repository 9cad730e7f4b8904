namespace Acp.Core.Rpl;

/// <summary>What a DAO says of a target: the Transit Information that follows it.</summary>
internal readonly record struct TargetAdvert(byte PathSequence, byte PathControl, byte Lifetime);
