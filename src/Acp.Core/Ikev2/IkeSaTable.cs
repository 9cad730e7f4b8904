using Acp.Core.Time;
using Acp.Wire;
using Acp.Wire.Ikev2;

namespace Acp.Core.Ikev2;

/// <summary>
/// All IKE SAs of one machine, by our SPI and by neighbour, and which neighbour is due next. Whatever changes a deadline of an SA or of its
/// channel touches the SA: what was touched is looked at again before the next deadline is told.
/// </summary>
internal sealed class IkeSaTable(RandomSource random)
{
    private readonly Dictionary<ulong, IkeSa> _sas = [];
    private readonly Dictionary<(LinkId Link, Ipv6Address Remote), NeighborSas> _neighbors = [];
    private readonly DeadlineHeap<NeighborSas> _deadlines = new();
    private readonly List<NeighborSas> _touched = [];
    private readonly List<NeighborSas> _due = [];

    public IReadOnlyCollection<IkeSa> All => _sas.Values;

    public Instant? NextDeadline
    {
        get
        {
            foreach (var neighbor in _touched)
            {
                neighbor.IsTouched = false;
                _deadlines.Set(neighbor, neighbor.NextDeadline);
            }

            _touched.Clear();
            return _deadlines.Earliest;
        }
    }

    /// <summary>What <see cref="NextDeadline"/> must say, found the slow way.</summary>
    public Instant? NextDeadlineByScan => _neighbors.Values.Aggregate((Instant?)null, (at, n) => Instant.Earlier(at, n.NextDeadline));

    /// <summary>The SA that a message belongs to. Our SPI is the responder's in what the original initiator sends, else the initiator's.</summary>
    public bool TryFind(IkeHeader header, out IkeSa sa)
    {
        var localSpi = header.FromInitiator ? header.ResponderSpi : header.InitiatorSpi;
        if (!_sas.TryGetValue(localSpi, out sa!) || sa.WeInitiated == header.FromInitiator)
            return false;
        return sa.WeInitiated
            ? sa.Id.ResponderSpi == header.ResponderSpi || sa.Id.ResponderSpi == 0
            : sa.Id.InitiatorSpi == header.InitiatorSpi;
    }

    /// <summary>Our own attempts to reach a neighbour that are under way.</summary>
    public List<IkeSa> Initiations(LinkId link, Ipv6Address remote) =>
        _neighbors.TryGetValue((link, remote), out var neighbor) ? neighbor.Initiations() : [];

    /// <summary>An unused IKE SPI of ours.</summary>
    public ulong NewSpi()
    {
        while (true)
        {
            var spi = random.NextUInt64();
            if (spi != 0 && !_sas.ContainsKey(spi))
                return spi;
        }
    }

    /// <param name="neighbor">Null to go by the SA's path.</param>
    public void Add(IkeSa sa, NeighborSas? neighbor = null)
    {
        _sas.Add(sa.LocalSpi, sa);
        if (neighbor is null && !_neighbors.TryGetValue(sa.Path.Neighbor, out neighbor))
        {
            neighbor = new NeighborSas(sa.Path.Neighbor);
            _neighbors.Add(neighbor.Key, neighbor);
        }

        neighbor.Sas.Add(sa);
        sa.Neighbor = neighbor;
        Touch(neighbor);
    }

    public void Remove(IkeSa sa)
    {
        _sas.Remove(sa.LocalSpi);
        if (sa.Neighbor is not { } neighbor)
            return;
        sa.Neighbor = null;
        neighbor.Sas.Remove(sa);
        Touch(neighbor);
        if (neighbor.Sas.Count == 0)
            _neighbors.Remove(neighbor.Key);
    }

    /// <summary>Every event touches the neighbour that it concerns.</summary>
    public void Touch(IkeSa sa)
    {
        if (sa.Neighbor is { } neighbor)
            Touch(neighbor);
    }

    /// <summary>The neighbours that are due, touched. The list is the table's: good until the next call.</summary>
    public IReadOnlyList<NeighborSas> TakeDue(Instant now)
    {
        _due.Clear();
        while (_deadlines.TryTakeDue(now, out var neighbor))
        {
            _due.Add(neighbor);
            Touch(neighbor);
        }

        return _due;
    }

    private void Touch(NeighborSas neighbor)
    {
        if (neighbor.IsTouched)
            return;
        neighbor.IsTouched = true;
        _touched.Add(neighbor);
    }
}
