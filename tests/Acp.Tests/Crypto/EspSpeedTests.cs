using Acp.Core;
using Acp.Linux.Crypto;

namespace Acp.Tests.Crypto;

/// <summary>E-05, E-07: the order of the ESP proposals follows what this machine is good at.</summary>
public class EspSpeedTests
{
    [Fact]
    public void E05_E07_both_are_offered_and_the_measured_order_is_one_of_two()
    {
        var order = EspSpeed.Order();
        Assert.Equal([EspAlgorithm.AesGcm256, EspAlgorithm.ChaCha20Poly1305], order.Order());
        Assert.True(EspSpeed.Measure(EspAlgorithm.AesGcm256) > TimeSpan.Zero);
    }

    [Theory]
    [InlineData(100, 100, EspAlgorithm.AesGcm256)]
    [InlineData(100, 90, EspAlgorithm.AesGcm256)]
    [InlineData(100, 79, EspAlgorithm.ChaCha20Poly1305)]
    [InlineData(400, 100, EspAlgorithm.ChaCha20Poly1305)]
    [InlineData(100, 400, EspAlgorithm.AesGcm256)]
    public void E05_E07_chacha_comes_first_only_where_it_is_clearly_faster(int aesGcm, int chaCha, EspAlgorithm first) =>
        Assert.Equal(first, EspSpeed.OrderBy(TimeSpan.FromTicks(aesGcm), TimeSpan.FromTicks(chaCha))[0]);
}
