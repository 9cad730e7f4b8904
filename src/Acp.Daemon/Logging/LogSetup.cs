using Microsoft.Extensions.Logging;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Extensions.Logging;
using Serilog.Formatting;
using Serilog.Formatting.Display;
using Serilog.Formatting.Json;

namespace Acp.Daemon.Logging;

/// <summary>Log lines go to standard error, by Serilog, one line each; the level can change while running.</summary>
public sealed class LogSetup : IDisposable
{
    private const string Line = "{Level:u4} {ShortContext}: {Message:lj}{NewLine}{Exception}";

    private readonly LoggingLevelSwitch _level;

    public LogSetup(RunOptions options)
    {
        _level = new LoggingLevelSwitch(Translate(options.LogLevel));

        // journald stamps every line itself, and says so in the environment (systemd.exec(5)).
        var stamped = Environment.GetEnvironmentVariable("JOURNAL_STREAM") is null || options.LogFile is not null;
        ITextFormatter format = options.LogFormat == LogFormat.Json
            ? new JsonFormatter(renderMessage: true)
            : new MessageTemplateTextFormatter(stamped ? "{Timestamp:yyyy-MM-ddTHH:mm:ss.fffzzz} " + Line : Line);
        var logger = new LoggerConfiguration()
            .MinimumLevel.ControlledBy(_level)
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .Enrich.With<ShortContextEnricher>()
            .WriteTo.Console(format, standardErrorFromLevel: LogEventLevel.Verbose)
            .CreateLogger();
        Factory = new SerilogLoggerFactory(logger, dispose: true);
    }

    public ILoggerFactory Factory { get; }

    /// <summary>Changes the level of everything from the next line on.</summary>
    public void SetLevel(LogLevelChoice level) => _level.MinimumLevel = Translate(level);

    /// <summary>Writes out what is still buffered.</summary>
    public void Dispose() => Factory.Dispose();

    private static LogEventLevel Translate(LogLevelChoice level) => level switch
    {
        LogLevelChoice.Trace => LogEventLevel.Verbose,
        LogLevelChoice.Debug => LogEventLevel.Debug,
        LogLevelChoice.Info => LogEventLevel.Information,
        LogLevelChoice.Warning => LogEventLevel.Warning,
        _ => LogEventLevel.Error,
    };
}
