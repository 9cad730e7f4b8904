using System.Security.Cryptography;
using Acp.Core;

namespace Acp.Linux.Crypto;

/// <summary>The operating system's generator. Safe to call from any thread.</summary>
public sealed class OsRandom : RandomSource
{
    /// <summary>It has no state of ours, so one is enough.</summary>
    public static readonly OsRandom Shared = new();

    public override void Fill(Span<byte> destination) => RandomNumberGenerator.Fill(destination);
}
