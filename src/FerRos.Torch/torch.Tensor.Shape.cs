using FerRos.Torch.Native;

namespace FerRos.Torch;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>The part at one index of the first dimension.</summary>
        public Tensor this[long index] => select(0, index);

        /// <summary>The same values in another shape; one size may be -1.</summary>
        public Tensor reshape(params ReadOnlySpan<long> sizes) => Give(NativeTorch.ferros_torch_reshape(Handle, sizes, sizes.Length, out var h), h);

        /// <summary>All dimensions from <paramref name="start"/> on in one.</summary>
        public Tensor flatten(int start = 0)
        {
            var sizes = shape;
            return reshape([.. sizes[..start], sizes[start..].Aggregate(1L, (a, b) => a * b)]);
        }

        /// <summary>The dimensions in another order.</summary>
        public Tensor permute(params ReadOnlySpan<long> order) => Give(NativeTorch.ferros_torch_permute(Handle, order, order.Length, out var h), h);

        /// <summary>Two dimensions exchanged.</summary>
        public Tensor transpose(long first, long second) => Give(NativeTorch.ferros_torch_transpose(Handle, first, second, out var h), h);

        /// <summary>Dimensions of size 1 repeated to another size, without a copy.</summary>
        public Tensor expand(params ReadOnlySpan<long> sizes) => Give(NativeTorch.ferros_torch_expand(Handle, sizes, sizes.Length, out var h), h);

        /// <summary>Without a dimension of size 1.</summary>
        public Tensor squeeze(long dim) => Give(NativeTorch.ferros_torch_squeeze(Handle, dim, out var h), h);

        /// <summary>With a new dimension of size 1.</summary>
        public Tensor unsqueeze(long dim) => Give(NativeTorch.ferros_torch_unsqueeze(Handle, dim, out var h), h);

        /// <summary>The part from start to before finish of one dimension.</summary>
        public Tensor slice(long dim, long start, long finish, long step = 1) =>
            Give(NativeTorch.ferros_torch_slice(Handle, dim, start, finish, step, out var h), h);

        /// <summary>The part at one index of a dimension, which goes away.</summary>
        public Tensor select(long dim, long index) => Give(NativeTorch.ferros_torch_select(Handle, dim, index, out var h), h);

        /// <summary>The parts at several indices of a dimension, copied.</summary>
        public Tensor index_select(long dim, Tensor index) =>
            Give(NativeTorch.ferros_torch_index_select(Handle, dim, index.Handle, out var h), h);

        /// <summary>Reversed along the dimensions.</summary>
        public Tensor flip(params ReadOnlySpan<long> dims) => Give(NativeTorch.ferros_torch_flip(Handle, dims, dims.Length, out var h), h);

        /// <summary>Sum over dimensions; without any, over all.</summary>
        public Tensor sum(ReadOnlySpan<long> dims = default, bool keepdim = false) =>
            Give(NativeTorch.ferros_torch_sum(Handle, dims, dims.Length, keepdim ? 1 : 0, out var h), h);

        /// <summary>Mean over dimensions; without any, over all.</summary>
        public Tensor mean(ReadOnlySpan<long> dims = default, bool keepdim = false) =>
            Give(NativeTorch.ferros_torch_mean(Handle, dims, dims.Length, keepdim ? 1 : 0, out var h), h);

        /// <summary>Variance over dimensions; without any, over all.</summary>
        public Tensor var(ReadOnlySpan<long> dims = default, bool unbiased = true, bool keepdim = false) =>
            Give(NativeTorch.ferros_torch_var(Handle, dims, dims.Length, unbiased ? 1 : 0, keepdim ? 1 : 0, out var h), h);

        /// <summary>The largest value.</summary>
        public Tensor max() => Give(NativeTorch.ferros_torch_max_all(Handle, out var h), h);

        /// <summary>The largest values along a dimension, and where they are.</summary>
        public (Tensor values, Tensor indexes) max(long dim, bool keepdim = false)
        {
            NativeTorch.Check(NativeTorch.ferros_torch_max_dim(Handle, dim, keepdim ? 1 : 0, out var values, out var indexes));
            return (new Tensor(values), new Tensor(indexes));
        }

        /// <summary>The smallest value.</summary>
        public Tensor min() => Give(NativeTorch.ferros_torch_min_all(Handle, out var h), h);

        /// <summary>Where the largest value along a dimension is.</summary>
        public Tensor argmax(long dim, bool keepdim = false) => Give(NativeTorch.ferros_torch_argmax(Handle, dim, keepdim ? 1 : 0, out var h), h);

        /// <summary>Whether all values are true.</summary>
        public Tensor all() => Give(NativeTorch.ferros_torch_all(Handle, out var h), h);
    }
}
