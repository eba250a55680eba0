using System.Runtime.InteropServices;
using FerRos.Torch.Native;

namespace FerRos.Torch;

public static partial class torch
{
    /// <summary>A tensor of unspecified values.</summary>
    public static Tensor empty(ReadOnlySpan<long> shape, ScalarType dtype = float32, Device device = default) =>
        NativeTorch.Give(NativeTorch.ferros_torch_empty(shape, shape.Length, (int)dtype, (int)device.type, device.index, out var h), h);

    /// <summary>A tensor of one value.</summary>
    public static Tensor full(ReadOnlySpan<long> shape, double value, ScalarType dtype = float32, Device device = default) =>
        NativeTorch.Give(NativeTorch.ferros_torch_full(shape, shape.Length, value, (int)dtype, (int)device.type, device.index, out var h), h);

    /// <summary>A tensor of zeros.</summary>
    public static Tensor zeros(ReadOnlySpan<long> shape, ScalarType dtype = float32, Device device = default) => full(shape, 0, dtype, device);

    /// <summary>A tensor of 32-bit zeros on the host.</summary>
    public static Tensor zeros(params long[] shape) => full(shape, 0);

    /// <summary>A tensor of ones.</summary>
    public static Tensor ones(ReadOnlySpan<long> shape, ScalarType dtype = float32, Device device = default) => full(shape, 1, dtype, device);

    /// <summary>A tensor of 32-bit ones on the host.</summary>
    public static Tensor ones(params long[] shape) => full(shape, 1);

    /// <summary>Zeros of another tensor's shape, type and device.</summary>
    public static Tensor zeros_like(Tensor other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return full(other.shape, 0, other.dtype, other.device);
    }

    /// <summary>start, start + step, … below stop.</summary>
    public static Tensor arange(double start, double stop, double step = 1, ScalarType dtype = float32, Device device = default) =>
        NativeTorch.Give(NativeTorch.ferros_torch_arange(start, stop, step, (int)dtype, (int)device.type, device.index, out var h), h);

    /// <summary>A copy of values on the host, row by row; the element type is that of <typeparamref name="T"/>.</summary>
    /// <param name="data">As many values as the shape holds.</param>
    /// <param name="shape">Size of each dimension; without any, one dimension of the data's length.</param>
    /// <exception cref="TorchException">The number of values is not the shape's.</exception>
    public static Tensor tensor<T>(ReadOnlySpan<T> data, params ReadOnlySpan<long> shape)
        where T : unmanaged => from_bytes(MemoryMarshal.AsBytes(data), TypeOf<T>(), shape.IsEmpty ? [data.Length] : shape);

    /// <summary>A scalar: a tensor without dimensions.</summary>
    public static Tensor scalar(double value, ScalarType dtype = float32, Device device = default) => full([], value, dtype, device);

    /// <summary>A copy of a tensor's bytes, row by row.</summary>
    public static Tensor from_bytes(ReadOnlySpan<byte> data, ScalarType dtype, ReadOnlySpan<long> shape) =>
        NativeTorch.Give(NativeTorch.ferros_torch_from_data(data, data.Length, shape, shape.Length, (int)dtype, out var h), h);

    /// <summary>Uniform in [0, 1).</summary>
    public static Tensor rand(ReadOnlySpan<long> shape, ScalarType dtype = float32, Device device = default) =>
        NativeTorch.Give(NativeTorch.ferros_torch_rand(shape, shape.Length, (int)dtype, (int)device.type, device.index, out var h), h);

    /// <summary>Normal, mean 0, variance 1.</summary>
    public static Tensor randn(ReadOnlySpan<long> shape, ScalarType dtype = float32, Device device = default) =>
        NativeTorch.Give(NativeTorch.ferros_torch_randn(shape, shape.Length, (int)dtype, (int)device.type, device.index, out var h), h);

    /// <summary>0 … count-1 in random order, as 64-bit integers.</summary>
    public static Tensor randperm(long count) => NativeTorch.Give(NativeTorch.ferros_torch_randperm(count, out var h), h);

    /// <summary>Seeds the random numbers of all devices.</summary>
    public static void manual_seed(long seed) => NativeTorch.Check(NativeTorch.ferros_torch_manual_seed(seed));

    /// <summary>Joins tensors along a dimension that they have.</summary>
    public static Tensor cat(IReadOnlyList<Tensor> tensors, long dim = 0) => Join(tensors, dim, stacked: false);

    /// <summary>Joins tensors of one shape along a new dimension.</summary>
    public static Tensor stack(IReadOnlyList<Tensor> tensors, long dim = 0) => Join(tensors, dim, stacked: true);

    /// <summary>Matrix product, over batches where there are more than two dimensions.</summary>
    public static Tensor matmul(Tensor left, Tensor right) => left.matmul(right);

    /// <summary>The larger of two values, everywhere.</summary>
    public static Tensor maximum(Tensor left, Tensor right) =>
        NativeTorch.Give(NativeTorch.ferros_torch_maximum(left.Handle, right.Handle, out var h), h);

    /// <summary>The smaller of two values, everywhere.</summary>
    public static Tensor minimum(Tensor left, Tensor right) =>
        NativeTorch.Give(NativeTorch.ferros_torch_minimum(left.Handle, right.Handle, out var h), h);

    /// <summary>Values of one tensor where the condition holds, of another elsewhere.</summary>
    public static Tensor where(Tensor condition, Tensor yes, Tensor no) =>
        NativeTorch.Give(NativeTorch.ferros_torch_where(condition.Handle, yes.Handle, no.Handle, out var h), h);

    private static Tensor Join(IReadOnlyList<Tensor> tensors, long dim, bool stacked)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        var held = 0;
        var pointers = new IntPtr[tensors.Count];
        try
        {
            for (; held < pointers.Length; held++)
            {
                var added = false;
                tensors[held].Handle.DangerousAddRef(ref added);
                pointers[held] = tensors[held].Handle.DangerousGetHandle();
            }

            var status = stacked
                ? NativeTorch.ferros_torch_stack(pointers, pointers.Length, dim, out var h)
                : NativeTorch.ferros_torch_cat(pointers, pointers.Length, dim, out h);
            return NativeTorch.Give(status, h);
        }
        finally
        {
            for (var i = 0; i < held; i++)
                tensors[i].Handle.DangerousRelease();
        }
    }

    /// <summary>The state of the random numbers, to go on exactly from there.</summary>
    public static class random
    {
        /// <summary>The state of a device's generator, as bytes.</summary>
        public static Tensor get_rng_state(Device device = default) =>
            NativeTorch.Give(NativeTorch.ferros_torch_get_rng_state((int)device.type, device.index, out var h), h);

        /// <summary>Goes on from a state that <see cref="get_rng_state"/> gave, of the same version of libtorch.</summary>
        public static void set_rng_state(Tensor state, Device device = default)
        {
            ArgumentNullException.ThrowIfNull(state);
            NativeTorch.Check(NativeTorch.ferros_torch_set_rng_state((int)device.type, device.index, state.Handle));
        }
    }
}
