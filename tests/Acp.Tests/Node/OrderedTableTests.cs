using Acp.Core;

namespace Acp.Tests.Node;

/// <summary>A table in the order of its keys, compared with the framework's.</summary>
public class OrderedTableTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void It_holds_what_a_sorted_dictionary_holds(ulong seed)
    {
        var random = new SeededRandom(seed);
        var table = new OrderedTable<int, string>();
        var twin = new SortedDictionary<int, string>();
        for (var i = 0; i < 2000; i++)
        {
            var key = random.Next(40);
            switch (random.Next(3))
            {
                case 0:
                    table[key] = twin[key] = $"{key} {i}";
                    break;
                case 1 when !twin.ContainsKey(key):
                    table.Add(key, $"new {i}");
                    twin.Add(key, $"new {i}");
                    break;
                default:
                    Assert.Equal(twin.Remove(key, out var gone), table.Remove(key, out var taken));
                    Assert.Equal(gone, taken);
                    break;
            }

            Assert.Equal(twin.Keys, table.Keys);
            Assert.Equal(twin.Values, table.Values);
            Assert.Equal(twin.Count, table.Count);
            Assert.Equal(twin.TryGetValue(key, out var expected), table.TryGetValue(key, out var found));
            Assert.Equal(expected, found);
        }
    }

    [Fact]
    public void Who_goes_through_the_values_sees_them_as_they_were()
    {
        var table = new OrderedTable<int, string>();
        table.Add(2, "b");
        table.Add(1, "a");
        var seen = new List<string>();
        foreach (var value in table.Values)
        {
            seen.Add(value);
            table.Remove(2);
            table[3] = "c";
        }

        Assert.Equal(["a", "b"], seen);
        Assert.Equal(["a", "c"], table.Values);
        Assert.Throws<ArgumentException>(() => table.Add(1, "again"));
        Assert.Throws<KeyNotFoundException>(() => table[2]);
        Assert.True(table.ContainsValue("c"));
    }
}
