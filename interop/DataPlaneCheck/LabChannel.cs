using Acp.Core;
using Acp.Linux.DataPlane;
using Acp.Wire;

namespace Acp.Interop.DataPlaneCheck;

/// <summary>A channel between two nodes, with keys from a counter instead of IKEv2.</summary>
internal sealed class LabChannel(LabNode a, ChannelSpec atA, LabNode b, ChannelSpec atB)
{
    private static byte s_key = 1;
    private static uint s_spi = 0x1000;

    public ChannelSpec AtA => atA;

    public ChannelSpec AtB => atB;

    public void Open()
    {
        a.Plane.OpenChannel(atA);
        b.Plane.OpenChannel(atB);
    }

    /// <summary>A new child SA, installed at both ends unless told otherwise; returns the SPIs toward A and toward B.</summary>
    public LabChildSa NewChildSa(bool esn = true, EspAlgorithm algorithm = EspAlgorithm.AesGcm256, ChildSaLimits? limits = null)
    {
        var (toA, toB) = (++s_spi, ++s_spi);
        var (keyA, keyB) = (s_key++, s_key++);
        return new LabChildSa(
            toA,
            toB,
            () => a.Plane.InstallChildSa(Parameters(atA, toA, toB, keyA, keyB)),
            () => b.Plane.InstallChildSa(Parameters(atB, toB, toA, keyB, keyA)));

        ChildSaParameters Parameters(ChannelSpec at, uint inSpi, uint outSpi, byte inKey, byte outKey) => new(
            at.Channel, at.Link, at.Local, at.Remote, inSpi, outSpi, algorithm, esn, Key(inKey), Key(outKey))
        {
            Limits = at == atA && limits is not null ? limits : ChildSaLimits.None,
        };
    }

    public LabChildSa Install(bool esn = true, EspAlgorithm algorithm = EspAlgorithm.AesGcm256, ChildSaLimits? limits = null)
    {
        var sa = NewChildSa(esn, algorithm, limits);
        sa.InstallAtA();
        sa.InstallAtB();
        return sa;
    }

    public void Remove(LabChildSa sa)
    {
        a.Plane.RemoveChildSa(atA.Channel, sa.ToA);
        b.Plane.RemoveChildSa(atB.Channel, sa.ToB);
    }

    public void Close()
    {
        a.Plane.CloseChannel(atA.Channel);
        b.Plane.CloseChannel(atB.Channel);
    }

    public ChannelCounters CountersA => a.Plane.ReadCounters(atA.Channel);

    public ChannelCounters CountersB => b.Plane.ReadCounters(atB.Channel);

    private static SecretBytes Key(byte fill)
    {
        var key = new SecretBytes(36);
        key.Span.Fill(fill);
        return key;
    }
}
