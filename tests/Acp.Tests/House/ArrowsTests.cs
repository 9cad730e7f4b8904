using Acp.Tests.House.Specimens;
using Mono.Cecil;
using Mono.Cecil.Rocks;

namespace Acp.Tests.House;

/// <summary>Who may know whom (architecture and house style), read from the compiled assemblies.</summary>
public class ArrowsTests
{
    /// <summary>What a machine never touches: the outside world, clocks, other threads.</summary>
    private static readonly string[] ForbiddenInCore =
    [
        "System.Net.Sockets",
        "System.Threading.Thread",
        "System.Threading.ThreadPool",
        "System.Threading.Timer",
        "System.Threading.PeriodicTimer",
        "System.Timers",
        "System.Threading.Tasks.Task",
        "System.Threading.Tasks.ValueTask",
        "System.Threading.Tasks.Parallel",
        "System.TimeProvider",
        "System.DateTime::get_Now",
        "System.DateTime::get_UtcNow",
        "System.DateTime::get_Today",
        "System.DateTimeOffset::get_Now",
        "System.DateTimeOffset::get_UtcNow",
        "System.Diagnostics.Stopwatch",
        "System.Environment::get_TickCount",
        "System.Environment::get_TickCount64",
        "System.Random",
        "Microsoft.Extensions.Logging",
        "Serilog",
        "System.Console",
        "System.IO.File",
        "System.IO.FileStream",
        "System.IO.Directory",
        "System.Diagnostics.Process",
    ];

    private static readonly string[] Rooms = ["Dull", "Grasp", "Ikev2", "Esp", "Rpl", "Identity", "Enrollment"];

    [Fact]
    public void Core_touches_no_socket_clock_thread_log_file_or_process()
    {
        using var core = Read("Acp.Core");
        Assert.Empty(ForbiddenUses(core, ForbiddenInCore));
    }

    [Fact]
    public void Rooms_of_Core_do_not_know_each_other()
    {
        using var core = Read("Acp.Core");
        Assert.Empty(ArrowsBetweenRooms(core, "Acp.Core", Rooms));
    }

    [Fact]
    public void The_vocabulary_of_Core_knows_no_room()
    {
        using var core = Read("Acp.Core");
        Assert.Empty(
            from use in Arrows.Uses(core)
            where Arrows.NamespaceOf(use.User) is "Acp.Core" or "Acp.Core.Time"
            from room in Rooms.Append("Node")
            where Arrows.Is(use.Used, $"Acp.Core.{room}")
            select $"{use.User.FullName} uses {use.Used}");
    }

    [Theory]
    [InlineData("Acp.Wire", new string[0])]
    [InlineData("Acp.Core", new[] { "Acp.Wire" })]
    [InlineData("Acp.Linux", new[] { "Acp.Core", "Acp.Wire" })]
    [InlineData("Acp.Simulation", new[] { "Acp.Core", "Acp.Wire" })]
    [InlineData("Acp.Asa", new[] { "Acp.Wire" })]
    [InlineData("Acp.Asa.Embedded", new[] { "Acp.Asa", "Acp.Core", "Acp.Linux", "Acp.Wire" })]
    public void Assemblies_know_only_those_below_them(string assembly, string[] allowed)
    {
        using var module = Read(assembly);
        Assert.Empty(OurReferences(module).Except(allowed));
    }

    [Fact]
    public void Wire_and_Core_throw_no_NotImplementedException()
    {
        foreach (var assembly in new[] { "Acp.Wire", "Acp.Core", "Acp.Linux", "Acp.Asa", "Acp.Asa.Embedded", "Acp.Simulation", "acpd" })
        {
            using var module = Read(assembly);
            Assert.Empty(ForbiddenUses(module, ["System.NotImplementedException"]));
        }
    }

    // The checker itself, on specimens that are wrong on purpose.

    [Theory]
    [InlineData("System.Threading.Thread", "::.ctor")]
    [InlineData("System.DateTime::get_UtcNow", "")]
    [InlineData("System.Environment::get_TickCount64", "")]
    [InlineData("System.Diagnostics.Stopwatch", "")]
    [InlineData("System.Threading.Tasks.Task", "")]
    [InlineData("System.Net.Sockets", ".Socket")]
    [InlineData("System.IO.File", "::Exists")]
    public void Self_test_a_forbidden_use_is_found(string forbidden, string detail)
    {
        using var tests = Read("Acp.Tests");
        var found = ForbiddenUses(tests, ForbiddenInCore).Where(v => v.StartsWith(typeof(UnrulyMachine).FullName!, StringComparison.Ordinal));
        Assert.Contains(found, v => v.Contains($"uses {forbidden}{detail}", StringComparison.Ordinal));
    }

    [Fact]
    public void Self_test_a_name_that_only_begins_alike_is_not_confused()
    {
        Assert.True(Arrows.Is("System.Console::WriteLine", "System.Console"));
        Assert.True(Arrows.Is("System.Net.Sockets.Socket", "System.Net.Sockets"));
        Assert.True(Arrows.Is("System.Threading.Tasks.Task`1", "System.Threading.Tasks.Task"));
        Assert.False(Arrows.Is("System.ConsoleKey", "System.Console"));
        Assert.False(Arrows.Is("System.IO.FileNotFoundException", "System.IO.File"));
        Assert.False(Arrows.Is("System.Threading.ThreadStaticAttribute", "System.Threading.Thread"));
        Assert.False(Arrows.Is("System.DateTime::get_Nowhere", "System.DateTime::get_Now"));
    }

    [Fact]
    public void Self_test_an_arrow_between_rooms_is_found()
    {
        using var tests = Read("Acp.Tests");
        var found = ArrowsBetweenRooms(tests, "Acp.Tests.House.Specimens", ["RoomA", "RoomB"]).ToList();
        Assert.Contains(found, v => v.Contains("RoomA.Nosy", StringComparison.Ordinal) && v.Contains("RoomB.Secret", StringComparison.Ordinal));
        Assert.DoesNotContain(found, v => v.StartsWith("Acp.Tests.House.Specimens.RoomB", StringComparison.Ordinal));
    }

    [Fact]
    public void Self_test_references_are_seen()
    {
        using var tests = Read("Acp.Tests");
        Assert.Contains("Acp.Core", OurReferences(tests));
    }

    [Fact]
    public void Self_test_the_assemblies_read_are_not_empty()
    {
        using var core = Read("Acp.Core");
        var namespaces = core.GetAllTypes().Select(Arrows.NamespaceOf).ToHashSet();
        Assert.Contains("Acp.Core.Dull", namespaces);
        Assert.Contains("Acp.Core.Node", namespaces);
        Assert.Contains(Arrows.Uses(core), use => use.Used == "Acp.Wire.Grasp.FloodMessage");
    }

    private static IEnumerable<string> ForbiddenUses(ModuleDefinition module, string[] forbidden) =>
        from use in Arrows.Uses(module)
        where forbidden.Any(f => Arrows.Is(use.Used, f))
        select $"{use.User.FullName} uses {use.Used}";

    private static IEnumerable<string> ArrowsBetweenRooms(ModuleDefinition module, string root, string[] rooms) =>
        from use in Arrows.Uses(module)
        let home = rooms.FirstOrDefault(r => Arrows.Is(Arrows.NamespaceOf(use.User), $"{root}.{r}"))
        where home is not null
        from other in rooms
        where other != home && Arrows.Is(use.Used, $"{root}.{other}")
        select $"{use.User.FullName} uses {use.Used}";

    private static IEnumerable<string> OurReferences(ModuleDefinition module) => module.AssemblyReferences
        .Select(r => r.Name)
        .Where(n => n == "acpd" || n.StartsWith("Acp.", StringComparison.Ordinal));

    private static ModuleDefinition Read(string assembly) =>
        ModuleDefinition.ReadModule(Path.Combine(AppContext.BaseDirectory, assembly + ".dll"));
}
