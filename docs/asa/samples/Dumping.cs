using System.Formats.Cbor;
using Acp.Asa;

namespace AsaSamples;

/// <summary>What the engine knows, for people and for programs that watch over it.</summary>
internal static class Dumping
{
    public static async Task RunAsync(GraspApi here, Action<string> print)
    {
        await using var asa = await here.RegisterAsaAsync("Briggs");
        await asa.RegisterObjectiveAsync(Objective.Negotiable("example:loan"));

        var dump = await here.DumpAllAsync();

        // All of it as diagnostic notation is dump.ToString(); this goes through it part by part.
        var reader = new CborReader(dump.Encoded);
        reader.ReadStartMap();
        while (reader.PeekState() != CborReaderState.EndMap)
        {
            var part = reader.ReadTextString();
            var content = CborValue.FromEncoded(reader.ReadEncodedValue());
            print(part is "asas" or "open" ? $"{part}: {content}" : $"{part}: …");
        }
    }
}
