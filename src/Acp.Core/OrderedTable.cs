using System.Diagnostics.CodeAnalysis;

namespace Acp.Core;

/// <summary>
/// A small table that is read in the order of its keys far more often than it changes: a sorted dictionary whose values can be
/// gone through without a trace of garbage. Whoever goes through <see cref="Values"/> sees the table as it was when it began.
/// </summary>
public sealed class OrderedTable<TKey, TValue>
    where TKey : notnull
{
    private readonly List<TKey> _keys = [];
    private TValue[] _values = [];

    public int Count => _keys.Count;

    public IReadOnlyList<TKey> Keys => _keys;

    /// <summary>In the order of the keys. Never changed: a change of the table makes a new one.</summary>
    public TValue[] Values => _values;

    public TValue this[TKey key]
    {
        get => TryGetValue(key, out var value) ? value : throw new KeyNotFoundException($"no {key}");
        set
        {
            var at = _keys.BinarySearch(key);
            if (at >= 0)
                _values = [.. _values.AsSpan(0, at), value, .. _values.AsSpan(at + 1)];
            else
                Insert(~at, key, value);
        }
    }

    public bool ContainsKey(TKey key) => _keys.BinarySearch(key) >= 0;

    public bool ContainsValue(TValue value) => Array.IndexOf(_values, value) >= 0;

    public bool TryGetValue(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        var at = _keys.BinarySearch(key);
        if (at < 0)
        {
            value = default;
            return false;
        }

        value = _values[at];
        return true;
    }

    /// <summary>Throws <see cref="ArgumentException"/> when the key is there.</summary>
    public void Add(TKey key, TValue value)
    {
        var at = _keys.BinarySearch(key);
        if (at >= 0)
            throw new ArgumentException($"{key} is there already", nameof(key));
        Insert(~at, key, value);
    }

    public bool Remove(TKey key) => Remove(key, out _);

    public bool Remove(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        var at = _keys.BinarySearch(key);
        if (at < 0)
        {
            value = default;
            return false;
        }

        value = _values[at];
        _keys.RemoveAt(at);
        _values = [.. _values.AsSpan(0, at), .. _values.AsSpan(at + 1)];
        return true;
    }

    private void Insert(int at, TKey key, TValue value)
    {
        _keys.Insert(at, key);
        _values = [.. _values.AsSpan(0, at), value, .. _values.AsSpan(at)];
    }
}
