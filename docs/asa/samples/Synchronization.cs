using System.Formats.Cbor;
using Acp.Asa;

namespace AsaSamples;

/// <summary>A value that one ASA has and others read, as a type of the author's own.</summary>
internal static class Synchronization
{
    public static async Task RunAsync(GraspApi here, GraspApi there, Action<string> print)
    {
        var weather = Objective.Synchronizable("example:weather");
        await using var station = await there.RegisterAsaAsync("weather station");
        await station.RegisterObjectiveAsync(weather);

        // From now on, whoever asks is given this.
        var now = new Weather("rain", 7.5);
        await station.ListenSynchronizeAsync(weather with { Value = CborValue.From(now, Weather.Converter) });

        await using var reader = await here.RegisterAsaAsync("reader");
        var first = await reader.SynchronizeAsync(weather);
        print(first.Value.To(Weather.Converter).ToString());

        // Called again when it changes.
        await station.ListenSynchronizeAsync(weather with { Value = CborValue.From(now with { Sky = "sun" }, Weather.Converter) });
        var second = await reader.SynchronizeAsync(weather);
        print(second.Value.To(Weather.Converter).ToString());

        await station.StopListenSynchronizeAsync(weather.Name);
    }

    private sealed record Weather(string Sky, double Celsius)
    {
        public static readonly ICborConverter<Weather> Converter = new WeatherConverter();

        // On the wire: ["rain", 7.5]
        private sealed class WeatherConverter : ICborConverter<Weather>
        {
            public void Write(CborWriter writer, Weather value)
            {
                writer.WriteStartArray(2);
                writer.WriteTextString(value.Sky);
                writer.WriteDouble(value.Celsius);
                writer.WriteEndArray();
            }

            // A peer may send anything: what cannot be read so becomes a FormatException by itself.
            public Weather Read(CborReader reader)
            {
                reader.ReadStartArray();
                var weather = new Weather(reader.ReadTextString(), reader.ReadDouble());
                reader.ReadEndArray();
                return weather;
            }
        }
    }
}
