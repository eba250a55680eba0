using System.Globalization;
using TimeMessage = FerRos.Interfaces.BuiltinInterfaces.Msg.Time;

namespace FerRos.Ros2;

/// <summary>A point in time in nanoseconds: since the Unix epoch, or since whatever a simulation counts from.</summary>
/// <param name="Nanoseconds">Nanoseconds; 0: not set.</param>
public readonly record struct RosTime(long Nanoseconds) : IComparable<RosTime>
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>System time now.</summary>
    public static RosTime SystemNow => new((DateTime.UtcNow - DateTime.UnixEpoch).Ticks * 100);

    /// <summary>The time of a message, e.g. a stamp.</summary>
    public static RosTime FromMessage(TimeMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return new RosTime((message.Sec * NanosecondsPerSecond) + message.Nanosec);
    }

    /// <summary>The time as a message.</summary>
    public TimeMessage ToMessage()
    {
        var message = new TimeMessage();
        WriteTo(message);
        return message;
    }

    /// <summary>Writes the time into a message.</summary>
    public void WriteTo(TimeMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        long seconds = Math.DivRem(Nanoseconds, NanosecondsPerSecond, out long rest);
        if (rest < 0)
        {
            seconds--;
            rest += NanosecondsPerSecond;
        }

        message.Sec = (int)seconds;
        message.Nanosec = (uint)rest;
    }

    /// <inheritdoc/>
    public int CompareTo(RosTime other) => Nanoseconds.CompareTo(other.Nanoseconds);

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Nanoseconds / 1e9m:0.000000000}");

    /// <summary>Time between two points, to 100 ns.</summary>
    public static TimeSpan operator -(RosTime left, RosTime right) => TimeSpan.FromTicks((left.Nanoseconds - right.Nanoseconds) / 100);

    /// <summary>A later point.</summary>
    public static RosTime operator +(RosTime time, TimeSpan span) => new(time.Nanoseconds + (span.Ticks * 100));

    /// <summary>An earlier point.</summary>
    public static RosTime operator -(RosTime time, TimeSpan span) => new(time.Nanoseconds - (span.Ticks * 100));

    /// <summary>Earlier.</summary>
    public static bool operator <(RosTime left, RosTime right) => left.Nanoseconds < right.Nanoseconds;

    /// <summary>Later.</summary>
    public static bool operator >(RosTime left, RosTime right) => left.Nanoseconds > right.Nanoseconds;

    /// <summary>Not later.</summary>
    public static bool operator <=(RosTime left, RosTime right) => left.Nanoseconds <= right.Nanoseconds;

    /// <summary>Not earlier.</summary>
    public static bool operator >=(RosTime left, RosTime right) => left.Nanoseconds >= right.Nanoseconds;

    /// <summary>A point later by the span; for languages without operators.</summary>
    public static RosTime Add(RosTime time, TimeSpan span) => time + span;

    /// <summary>Time between two points; for languages without operators.</summary>
    public static TimeSpan Subtract(RosTime left, RosTime right) => left - right;
}
