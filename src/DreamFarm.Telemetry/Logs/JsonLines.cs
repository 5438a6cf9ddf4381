using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace DreamFarm.Telemetry;

/// <summary>
/// One flat JSON object a line: time (UTC), level, category, event, message, exception, and beside them the message's own values and
/// those of the scopes around it (job, octave, step, tile, worker, trace_id, ...), in snake case. Of two values of one name the
/// innermost counts, the message's own before any scope's.
/// </summary>
internal sealed class JsonLines() : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "dreamfarm-json";

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        string message = logEntry.Formatter(logEntry.State, logEntry.Exception);
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("time", DateTime.UtcNow);
            json.WriteString("level", LevelName(logEntry.LogLevel));
            json.WriteString("category", logEntry.Category);
            json.WriteNumber("event", logEntry.EventId.Id);
            json.WriteString("message", message);
            if (logEntry.Exception is { } exception)
                json.WriteString("exception", exception.ToString());

            var values = new Dictionary<string, object?>(StringComparer.Ordinal);
            // The outermost scope comes first: what comes later is closer to the message.
            scopeProvider?.ForEachScope(static (scope, values) => Add(scope, values), values);
            Add(logEntry.State, values);
            foreach (var (name, value) in values)
                Write(json, name, value);
            json.WriteEndObject();
        }
        textWriter.WriteLine(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    private static void Add(object? state, Dictionary<string, object?> values)
    {
        if (state is not IEnumerable<KeyValuePair<string, object?>> pairs)
            return;
        foreach (var (name, value) in pairs)
            if (name != "{OriginalFormat}" && value is not null)
                values[SnakeCase(name)] = value;
    }

    private static string SnakeCase(string name)
    {
        string snake = JsonNamingPolicy.SnakeCaseLower.ConvertName(name);
        // What the line itself has is not to be there twice.
        return snake is "time" or "level" or "category" or "event" or "message" or "exception" ? snake + "_value" : snake;
    }

    private static void Write(Utf8JsonWriter json, string name, object? value)
    {
        switch (value)
        {
            case bool flag:
                json.WriteBoolean(name, flag);
                break;
            case int or long or short or byte:
                json.WriteNumber(name, Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case double number when double.IsFinite(number):
                json.WriteNumber(name, number);
                break;
            default:
                json.WriteString(name, Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }

    private static string LevelName(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "information",
        LogLevel.Warning => "warning",
        LogLevel.Error => "error",
        _ => "critical",
    };
}
