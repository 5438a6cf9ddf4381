using System.Globalization;

namespace StandIns.Grpc.Wire;

/// <summary>The grpc-timeout header: at most eight digits and a unit.</summary>
internal static class TimeoutHeader
{
    private const long MostDigits = 99_999_999;

    /// <summary>Writes a positive time in the finest unit from milliseconds up that has room for it, rounded up.</summary>
    public static string Encode(TimeSpan timeout)
    {
        var milliseconds = Up(timeout.Ticks, TimeSpan.TicksPerMillisecond);
        if (milliseconds <= MostDigits)
            return milliseconds.ToString(CultureInfo.InvariantCulture) + "m";

        var seconds = Math.Min(Up(timeout.Ticks, TimeSpan.TicksPerSecond), MostDigits);
        return seconds.ToString(CultureInfo.InvariantCulture) + "S";

        static long Up(long ticks, long unit) => (ticks + unit - 1) / unit;
    }

    /// <summary>Reads the header; false when it is not one or states no positive time.</summary>
    public static bool TryDecode(string? value, out TimeSpan timeout)
    {
        timeout = default;
        if (value is not { Length: >= 2 and <= 9 } || !long.TryParse(value.AsSpan(0, value.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return false;

        long? ticks = value[^1] switch
        {
            'H' => number * TimeSpan.TicksPerHour,
            'M' => number * TimeSpan.TicksPerMinute,
            'S' => number * TimeSpan.TicksPerSecond,
            'm' => number * TimeSpan.TicksPerMillisecond,
            'u' => number * TimeSpan.TicksPerMicrosecond,
            'n' => number / TimeSpan.NanosecondsPerTick,
            _ => null,
        };
        timeout = new TimeSpan(Math.Min(ticks ?? 0, MostDigits * TimeSpan.TicksPerSecond));
        return timeout > TimeSpan.Zero;
    }
}
