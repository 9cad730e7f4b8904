using Acp.Core.Grasp;
using Acp.Core.Identity;
using Acp.Core.Time;
using Acp.Wire;
using Acp.Wire.Cose;
using Acp.Wire.Grasp;

namespace Acp.Core.Node;

/// <summary>
/// Verifies floods with the ACP certificates of those they are from: the certificate must pass the domain membership check
/// (RFC 8994 §6.2.3, rules 1 to 4), and the initiator be an address of its node (O-07). A signature is checked in some
/// tenths of a millisecond, a certificate in one or two, when it is first shown. Not thread-safe.
/// </summary>
/// <param name="own">Kept by reference, not owned.</param>
/// <param name="capacity">Certificates kept.</param>
public sealed class FloodVerifier(NodeIdentity own, int capacity = FloodVerifier.DefaultCapacity) : IFloodVerifier
{
    public const int DefaultCapacity = 1024;

    /// <summary>How far clocks in the domain may be apart before a fresh flood looks outdated.</summary>
    public static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(1);

    private readonly FloodCertificates _certificates =
        new(own.MembershipCheck(), [.. own.Intermediates.Select(c => c.RawDataMemory)], capacity);

    private WallClock _clock;

    public int CertificateCount => _certificates.Count;

    public void SetWallClock(WallClock clock)
    {
        _clock = clock;
        // With another date, what was refused for its own may pass.
        _certificates.ForgetRefused();
    }

    /// <summary>What this node knows of revocation from now on; what was learnt before is looked at again.</summary>
    public void SetRevocation(Instant now, RevocationLists lists) => _certificates.Recheck(lists, _clock.DateAt(now));

    public void Learn(Instant now, IReadOnlyList<ReadOnlyMemory<byte>> chain) => _certificates.Learn(chain, _clock.DateAt(now));

    public FloodVerdict Verify(Instant now, Initiator initiator, ReadOnlySpan<byte> signature, ReadOnlySpan<byte> payload)
    {
        if (!CoseSign1.TryDecode(signature, out var cose, out var refusal))
            return new FloodVerdict(FloodSignatureStatus.Malformed, refusal.ToString());
        var algorithm = (CoseAlgorithm)Math.Clamp(cose.Header.Algorithm, int.MinValue, int.MaxValue);
        if (algorithm is not (CoseAlgorithm.ES256 or CoseAlgorithm.ES384 or CoseAlgorithm.ES512 or CoseAlgorithm.PS256))
            return new FloodVerdict(FloodSignatureStatus.UnsupportedAlgorithm, $"COSE algorithm {cose.Header.Algorithm}");

        var date = _clock.DateAt(now);
        if (FindCertificate(cose, date, out var certificate) is { } unknown)
            return unknown;
        if (date is { } at && at - certificate!.NotAfter >= TimeSpan.FromSeconds(1))
            return new FloodVerdict(FloodSignatureStatus.CertificateExpired, $"the certificate of '{certificate.Name}' expired at {certificate.NotAfter:u}");
        if (date < certificate!.NotBefore)
            return new FloodVerdict(FloodSignatureStatus.CertificateRefused, $"the certificate of '{certificate.Name}' is valid from {certificate.NotBefore:u}");
        if (initiator.Ipv6 is not { } address || certificate.Prefix?.Contains(address) != true)
            return new FloodVerdict(FloodSignatureStatus.WrongInitiator, $"signed by '{certificate.Name}'");
        if (FloodKeys.AlgorithmOf(certificate.Key) != algorithm
            || !FloodKeys.Verify(certificate.Key, algorithm, cose.ToBeSigned(payload), cose.Signature.Span))
            return new FloodVerdict(FloodSignatureStatus.BadSignature, $"it is not by the key of '{certificate.Name}'");
        return CheckDates(now, date, cose.Header);
    }

    private static FloodVerdict CheckDates(Instant now, DateTimeOffset? date, CoseHeader header)
    {
        var verified = new FloodVerdict(FloodSignatureStatus.Verified) { IssuedAt = header.IssuedAt };
        if (header.ExpiresAt is not { } end || date is not { } at)
            return verified;
        var left = DateTimeOffset.FromUnixTimeSeconds(end) - at;
        return left <= -ClockSkew
            ? new FloodVerdict(FloodSignatureStatus.Outdated, $"it held until {DateTimeOffset.FromUnixTimeSeconds(end):u}")
            // Where no clock is known to be right, a moment past its end is as good as its end.
            : verified with { Expires = now + (left > TimeSpan.FromSeconds(1) ? left : TimeSpan.FromSeconds(1)) };
    }

    // Null: it is known.
    private FloodVerdict? FindCertificate(CoseSign1 cose, DateTimeOffset? date, out FloodCertificate? certificate)
    {
        var shown = cose.CertificateChain;
        certificate = null;
        if (cose.KeyId is not { } keyId)
        {
            if (shown.Count == 0)
                return new FloodVerdict(FloodSignatureStatus.UnknownCertificate, "it names no certificate");
            keyId = FloodCertificates.KeyIdOf(shown[0]);
        }
        if (_certificates.TryFind(keyId, out certificate))
            return null;
        // It may come with the flood (x5chain), which we do not send: floods are small.
        if (shown.Count > 0 && FloodCertificates.KeyIdOf(shown[0]) == keyId)
        {
            _certificates.Learn([.. shown.Select(c => c.Memory)], date);
            if (_certificates.TryFind(keyId, out certificate))
                return null;
        }
        if (_certificates.TryFindRefused(keyId, out var refusal, out var detail))
        {
            return new FloodVerdict(
                refusal == PeerRefusal.Expired ? FloodSignatureStatus.CertificateExpired : FloodSignatureStatus.CertificateRefused, detail);
        }
        return new FloodVerdict(FloodSignatureStatus.UnknownCertificate, $"certificate {Convert.ToHexStringLower(keyId.Span[..Math.Min(8, keyId.Length)])}…") { KeyId = keyId };
    }
}
