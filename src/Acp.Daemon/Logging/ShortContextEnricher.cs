using Serilog.Core;
using Serilog.Events;

namespace Acp.Daemon.Logging;

/// <summary>Logger categories are type names; a reader wants the last part: "RunCommand" of "Acp.Daemon.RunCommand".</summary>
internal sealed class ShortContextEnricher : ILogEventEnricher
{
    public void Enrich(LogEvent logEvent, ILogEventPropertyFactory propertyFactory)
    {
        if (logEvent.Properties.TryGetValue("SourceContext", out var value)
            && value is ScalarValue { Value: string context })
            logEvent.AddOrUpdateProperty(new LogEventProperty(
                "ShortContext", new ScalarValue(new Bare(context[(context.LastIndexOf('.') + 1)..]))));
    }

    /// <summary>Prints without the quotes that Serilog puts around strings.</summary>
    private sealed record Bare(string Text)
    {
        public override string ToString() => Text;
    }
}
