using FerRos.Torch.Native;

namespace FerRos.Torch;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>Layers as functions of tensors. Images are [batch, channels, height, width].</summary>
        public static class functional
        {
            /// <summary>Convolution.</summary>
            /// <param name="input">[batch, in, height, width].</param>
            /// <param name="weight">[out, in / groups, height, width].</param>
            /// <param name="bias">[out], or none.</param>
            /// <param name="strides">Vertical and horizontal stride.</param>
            /// <param name="padding">Zeros above and below, left and right.</param>
            /// <param name="groups">Number of groups; as many as channels for a depthwise convolution.</param>
            public static Tensor conv2d(
                Tensor input, Tensor weight, Tensor? bias = null, (long y, long x)? strides = null, (long y, long x)? padding = null, long groups = 1)
            {
                var (strideY, strideX) = strides ?? (1, 1);
                var (paddingY, paddingX) = padding ?? (0, 0);
                return NativeTorch.Give(
                    NativeTorch.ferros_torch_conv2d(
                        input.Handle, weight.Handle, Or(bias), strideY, strideX, paddingY, paddingX, groups, out var h),
                    h);
            }

            /// <summary>input times weight transposed, plus bias.</summary>
            /// <param name="input">[batch, in].</param>
            /// <param name="weight">[out, in].</param>
            /// <param name="bias">[out], or none.</param>
            public static Tensor linear(Tensor input, Tensor weight, Tensor? bias = null) =>
                NativeTorch.Give(NativeTorch.ferros_torch_linear(input.Handle, weight.Handle, Or(bias), out var h), h);

            /// <summary>Batch normalisation over all dimensions but the second.</summary>
            /// <param name="input">[batch, channels, …].</param>
            /// <param name="running_mean">[channels]; updated in training.</param>
            /// <param name="running_var">[channels]; updated in training.</param>
            /// <param name="weight">gamma, or none.</param>
            /// <param name="bias">beta, or none.</param>
            /// <param name="training">Whether the batch's statistics are used instead of the running ones.</param>
            /// <param name="momentum">Share of the batch in the running statistics: 1 - Keras's momentum.</param>
            /// <param name="eps">Added to the variance.</param>
            public static Tensor batch_norm(
                Tensor input, Tensor running_mean, Tensor running_var, Tensor? weight = null, Tensor? bias = null,
                bool training = false, double momentum = 0.1, double eps = 1e-5) =>
                NativeTorch.Give(
                    NativeTorch.ferros_torch_batch_norm(
                        input.Handle, Or(weight), Or(bias), running_mean.Handle, running_var.Handle, training ? 1 : 0, momentum, eps, out var h),
                    h);

            /// <summary>Largest value of each window.</summary>
            public static Tensor max_pool2d(Tensor input, (long y, long x) kernel, (long y, long x) stride, (long y, long x)? padding = null)
            {
                var (paddingY, paddingX) = padding ?? (0, 0);
                return NativeTorch.Give(
                    NativeTorch.ferros_torch_max_pool2d(input.Handle, kernel.y, kernel.x, stride.y, stride.x, paddingY, paddingX, out var h), h);
            }

            /// <summary>Mean of each window; padding counts as zeros, or not at all.</summary>
            public static Tensor avg_pool2d(
                Tensor input, (long y, long x) kernel, (long y, long x) stride, (long y, long x)? padding = null, bool count_include_pad = true)
            {
                var (paddingY, paddingX) = padding ?? (0, 0);
                return NativeTorch.Give(
                    NativeTorch.ferros_torch_avg_pool2d(
                        input.Handle, kernel.y, kernel.x, stride.y, stride.x, paddingY, paddingX, count_include_pad ? 1 : 0, out var h),
                    h);
            }

            /// <summary>Adds a border of one value.</summary>
            /// <param name="input">Any tensor.</param>
            /// <param name="amounts">Before and after, the last dimension first: left, right, above, below.</param>
            /// <param name="value">What the border holds.</param>
            public static Tensor pad(Tensor input, ReadOnlySpan<long> amounts, double value = 0) =>
                NativeTorch.Give(NativeTorch.ferros_torch_pad(input.Handle, amounts, amounts.Length, value, out var h), h);

            /// <summary>Bilinear resampling to a size.</summary>
            public static Tensor upsample_bilinear2d(Tensor input, long height, long width, bool align_corners = false) =>
                NativeTorch.Give(
                    NativeTorch.ferros_torch_upsample_bilinear2d(input.Handle, height, width, align_corners ? 1 : 0, out var h), h);

            /// <summary>max(input, 0).</summary>
            public static Tensor relu(Tensor input) => input.relu();

            /// <summary>exp(input), divided by its sum over a dimension.</summary>
            public static Tensor softmax(Tensor input, long dim) =>
                NativeTorch.Give(NativeTorch.ferros_torch_softmax(input.Handle, dim, out var h), h);

            /// <summary>Logarithm of <see cref="softmax"/>, without its loss of digits.</summary>
            public static Tensor log_softmax(Tensor input, long dim) =>
                NativeTorch.Give(NativeTorch.ferros_torch_log_softmax(input.Handle, dim, out var h), h);

            /// <summary>In training, sets values to 0 at random and scales the others so that the mean stays.</summary>
            public static Tensor dropout(Tensor input, double p = 0.5, bool training = true) =>
                NativeTorch.Give(NativeTorch.ferros_torch_dropout(input.Handle, p, training ? 1 : 0, out var h), h);

            /// <summary>Mean over the batch of the cross-entropy between a target distribution and softmax(logits).</summary>
            /// <param name="logits">[batch, classes], before softmax.</param>
            /// <param name="target">[batch, classes], each row a distribution (votes, or one class).</param>
            public static Tensor cross_entropy(Tensor logits, Tensor target)
            {
                using var scope = NewDisposeScope();
                return (-(target * log_softmax(logits, 1)).sum([1]).mean()).MoveToOuterDisposeScope();
            }

            /// <summary>Mean of the squared differences.</summary>
            public static Tensor mse_loss(Tensor input, Tensor target)
            {
                using var scope = NewDisposeScope();
                return (input - target).square().mean().MoveToOuterDisposeScope();
            }

            private static TensorHandle Or(Tensor? tensor) => tensor?.Handle ?? TensorHandle.None;
        }
    }
}
