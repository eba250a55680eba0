using System.Globalization;

namespace FerRos.Torch;

/// <summary>Where a tensor lives.</summary>
public enum DeviceType
{
    /// <summary>The host.</summary>
    CPU = 0,

    /// <summary>An NVIDIA GPU.</summary>
    CUDA = 1,
}

public static partial class torch
{
    /// <summary>32-bit floats.</summary>
    public const ScalarType float32 = ScalarType.Float32;

    /// <summary>64-bit floats.</summary>
    public const ScalarType float64 = ScalarType.Float64;

    /// <summary>The upper 16 bits of 32-bit floats.</summary>
    public const ScalarType bfloat16 = ScalarType.BFloat16;

    /// <summary>64-bit integers: indices.</summary>
    public const ScalarType int64 = ScalarType.Int64;

    /// <summary>Bytes.</summary>
    public const ScalarType uint8 = ScalarType.Byte;

    /// <summary>The host.</summary>
    public static Device CPU => new(DeviceType.CPU);

    /// <summary>The first GPU.</summary>
    public static Device CUDA => new(DeviceType.CUDA);

    /// <summary>A device by its name: <c>cpu</c>, <c>cuda</c>, <c>cuda:1</c>.</summary>
    /// <exception cref="ArgumentException">Another name.</exception>
    public static Device device(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name == "cpu")
            return CPU;
        if (name == "cuda")
            return CUDA;
        if (name.StartsWith("cuda:", StringComparison.Ordinal)
            && int.TryParse(name.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out var index))
            return new Device(DeviceType.CUDA, index);
        throw new ArgumentException($"'{name}' is no device; devices are cpu, cuda and cuda:N", nameof(name));
    }

    /// <summary>Type of a tensor's elements. The numbers are libtorch's.</summary>
    public enum ScalarType
    {
        /// <summary>Unsigned bytes.</summary>
        Byte = 0,

        /// <summary>Signed bytes.</summary>
        Int8 = 1,

        /// <summary>16-bit integers.</summary>
        Int16 = 2,

        /// <summary>32-bit integers.</summary>
        Int32 = 3,

        /// <summary>64-bit integers.</summary>
        Int64 = 4,

        /// <summary>16-bit floats of IEEE 754.</summary>
        Float16 = 5,

        /// <summary>32-bit floats.</summary>
        Float32 = 6,

        /// <summary>64-bit floats.</summary>
        Float64 = 7,

        /// <summary>Truth values, one byte each.</summary>
        Bool = 11,

        /// <summary>The upper 16 bits of 32-bit floats.</summary>
        BFloat16 = 15,
    }

    /// <summary>A device: its type and, for GPUs, its number.</summary>
    public readonly record struct Device(DeviceType type, int index = 0)
    {
        /// <inheritdoc/>
        public override string ToString() => type == DeviceType.CPU ? "cpu" : $"cuda:{index}";
    }

    /// <summary>What CUDA there is.</summary>
    public static class cuda
    {
        /// <summary>Whether libtorch was built for CUDA and a GPU is there.</summary>
        public static bool is_available() => device_count() > 0;

        /// <summary>Number of GPUs.</summary>
        public static int device_count()
        {
            Native.NativeTorch.Check(Native.NativeTorch.ferros_torch_cuda_count(out var count));
            return count;
        }

        /// <summary>Waits until everything queued on the device is done; needed before a clock is read.</summary>
        public static void synchronize(int device = 0) => Native.NativeTorch.Check(Native.NativeTorch.ferros_torch_synchronize(device));
    }

    /// <summary>Size in bytes of one element.</summary>
    internal static int SizeOf(ScalarType type) => type switch
    {
        ScalarType.Byte or ScalarType.Int8 or ScalarType.Bool => 1,
        ScalarType.Int16 or ScalarType.Float16 or ScalarType.BFloat16 => 2,
        ScalarType.Int32 or ScalarType.Float32 => 4,
        _ => 8,
    };

    /// <summary>The element type that .NET's <typeparamref name="T"/> stands for.</summary>
    internal static ScalarType TypeOf<T>()
        where T : unmanaged => default(T) switch
        {
            float => ScalarType.Float32,
            double => ScalarType.Float64,
            long => ScalarType.Int64,
            int => ScalarType.Int32,
            short => ScalarType.Int16,
            sbyte => ScalarType.Int8,
            byte => ScalarType.Byte,
            bool => ScalarType.Bool,
            Half => ScalarType.Float16,
            _ => throw new ArgumentException($"libtorch has no element type for {typeof(T)}"),
        };
}
