namespace FerRos.Ros2.Json;

/// <summary>How messages are written as JSON.</summary>
public sealed record JsonMessageOptions
{
    /// <summary>Everything is written.</summary>
    public static JsonMessageOptions All { get; } = new();

    /// <summary>Octet arrays longer than 64, such as pixels, are left out.</summary>
    public static JsonMessageOptions WithoutData { get; } = new() { MaxOctets = 64 };

    /// <summary>Longest array of uint8, byte or char that is written; of longer ones stands <c>"&lt;N octets&gt;"</c>.</summary>
    public int MaxOctets { get; init; } = int.MaxValue;
}
