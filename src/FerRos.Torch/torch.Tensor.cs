using System.Runtime.InteropServices;
using FerRos.Torch.Native;

namespace FerRos.Torch;

public static partial class torch
{
    /// <summary>A tensor. Owns its native counterpart until it is disposed, by itself or by its <see cref="DisposeScope"/>.</summary>
    /// <remarks>
    /// Methods whose names end in an underscore change the tensor and return it; all others make a new one, which for
    /// views (slice, permute, reshape where it can) shares the values.
    /// </remarks>
    public partial class Tensor : IDisposable
    {
        internal Tensor(TensorHandle handle)
        {
            Handle = handle;
            DisposeScopeManager.Created(this);
        }

        /// <summary>Whether it was disposed: every use throws then.</summary>
        public bool IsInvalid => Handle.IsClosed;

        /// <summary>Size of each dimension.</summary>
        public long[] shape
        {
            get
            {
                var sizes = new long[dim()];
                NativeTorch.Check(NativeTorch.ferros_torch_sizes(Handle, sizes, sizes.Length));
                return sizes;
            }
        }

        /// <summary>Type of the elements.</summary>
        public ScalarType dtype
        {
            get
            {
                NativeTorch.Check(NativeTorch.ferros_torch_dtype(Handle, out var type));
                return (ScalarType)type;
            }
        }

        /// <summary>Where the elements are.</summary>
        public Device device
        {
            get
            {
                NativeTorch.Check(NativeTorch.ferros_torch_device(Handle, out var type, out var index));
                return new Device((DeviceType)type, index);
            }
        }

        internal TensorHandle Handle { get; }

        /// <summary>The scope that disposes it, or none.</summary>
        internal DisposeScope? Scope { get; set; }

        /// <summary>Number of dimensions.</summary>
        public int dim()
        {
            NativeTorch.Check(NativeTorch.ferros_torch_dim(Handle, out var count));
            return (int)count;
        }

        /// <summary>Size of one dimension; negative counts from the last.</summary>
        public long size(int dimension) => shape[dimension < 0 ? ^-dimension : dimension];

        /// <summary>Number of elements.</summary>
        public long numel()
        {
            NativeTorch.Check(NativeTorch.ferros_torch_numel(Handle, out var count));
            return count;
        }

        /// <summary>The value of a tensor of one element.</summary>
        /// <exception cref="TorchException">It has more, or none.</exception>
        public T item<T>()
            where T : unmanaged
        {
            if (typeof(T) == typeof(long))
            {
                NativeTorch.Check(NativeTorch.ferros_torch_item_int64(Handle, out var whole));
                return (T)(object)whole;
            }

            NativeTorch.Check(NativeTorch.ferros_torch_item(Handle, out var value));
            if (typeof(T) == typeof(bool))
                return (T)(object)(value != 0);
            return (T)Convert.ChangeType(value, typeof(T), System.Globalization.CultureInfo.InvariantCulture);
        }

        /// <summary>A copy of all elements on the host, row by row.</summary>
        /// <exception cref="TorchException">The elements are not of type <typeparamref name="T"/>.</exception>
        public T[] ToArray<T>()
            where T : unmanaged
        {
            var values = new T[numel()];
            CopyTo<T>(values);
            return values;
        }

        /// <summary>Copies all elements, row by row.</summary>
        /// <exception cref="TorchException">The elements are not of type <typeparamref name="T"/>, or the length is another.</exception>
        public void CopyTo<T>(Span<T> values)
            where T : unmanaged
        {
            if (dtype != TypeOf<T>())
                throw new TorchException($"the tensor holds {dtype}, not {TypeOf<T>()}; convert it with to()");
            CopyBytesTo(MemoryMarshal.AsBytes(values));
        }

        /// <summary>Copies the elements' bytes, row by row.</summary>
        public void CopyBytesTo(Span<byte> bytes) => NativeTorch.Check(NativeTorch.ferros_torch_to_data(Handle, bytes, bytes.Length));

        /// <summary>The same values in another type; itself (as a new object) where it has that type.</summary>
        public Tensor to(ScalarType type) => to(type, device);

        /// <summary>The same values on another device.</summary>
        public Tensor to(Device target) => to(dtype, target);

        /// <summary>The same values in another type on another device.</summary>
        public Tensor to(ScalarType type, Device target, bool copy = false) =>
            Give(NativeTorch.ferros_torch_to(Handle, (int)type, (int)target.type, target.index, copy ? 1 : 0, out var h), h);

        /// <summary>The same values on the host.</summary>
        public Tensor cpu() => to(CPU);

        /// <summary>A copy.</summary>
        public Tensor clone() => Give(NativeTorch.ferros_torch_clone(Handle, out var h), h);

        /// <summary>Another object for the same native tensor: its lifetime is its own.</summary>
        public Tensor alias() => Give(NativeTorch.ferros_torch_alias(Handle, out var h), h);

        /// <summary>The same values, row by row in memory; with <paramref name="channels_last"/>, channels innermost.</summary>
        public Tensor contiguous(bool channels_last = false) =>
            Give(NativeTorch.ferros_torch_contiguous(Handle, channels_last ? 1 : 0, out var h), h);

        /// <summary>Overwrites the values, converting type and device.</summary>
        public Tensor copy_(Tensor source)
        {
            ArgumentNullException.ThrowIfNull(source);
            return Done(NativeTorch.ferros_torch_copy_(Handle, source.Handle));
        }

        /// <summary>Takes it out of the current scope, to the scope around that or to none: it outlives the current one.</summary>
        public Tensor MoveToOuterDisposeScope()
        {
            Scope?.MoveToOuter(this);
            return this;
        }

        /// <summary>Takes it out of every scope: only <see cref="Dispose()"/> releases it.</summary>
        public Tensor DetachFromDisposeScope()
        {
            Scope?.Detach(this);
            return this;
        }

        /// <summary>Releases the native tensor. Views of it stay valid.</summary>
        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        /// <inheritdoc/>
        public override string ToString() =>
            IsInvalid ? "disposed tensor" : $"[{string.Join("x", shape)}], {dtype}, {device}";

        /// <summary>Releases the native tensor.</summary>
        protected virtual void Dispose(bool disposing)
        {
            if (!disposing || Handle.IsClosed)
                return;
            Handle.Dispose();
            DisposeScopeManager.Disposed(this);
        }

        private protected static Tensor Give(int status, TensorHandle handle) => NativeTorch.Give(status, handle);

        private protected Tensor Done(int status)
        {
            NativeTorch.Check(status);
            return this;
        }
    }
}
