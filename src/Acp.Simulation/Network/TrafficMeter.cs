using Acp.Simulation.Reports;

namespace Acp.Simulation.Network;

/// <summary>Counts what is sent, by protocol.</summary>
internal sealed class TrafficMeter
{
    private Traffic _dull;
    private Traffic _ike;
    private Traffic _rpl;
    private Traffic _grasp;

    public TrafficReport Report => new(_dull, _ike, _rpl, _grasp);

    public void Count(MessageKind kind, int octets)
    {
        var one = new Traffic(1, octets);
        switch (kind)
        {
            case MessageKind.Dull:
                _dull += one;
                break;
            case MessageKind.Ike:
                _ike += one;
                break;
            case MessageKind.Rpl:
                _rpl += one;
                break;
            default:
                _grasp += one;
                break;
        }
    }
}
