using FerRos.Torch.Native;

namespace FerRos.Torch;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>Negation.</summary>
        public static Tensor operator -(Tensor tensor) => Give(NativeTorch.ferros_torch_neg(tensor.Handle, out var h), h);

        /// <summary>Sum.</summary>
        public static Tensor operator +(Tensor left, Tensor right) => left.add(right);

        /// <summary>Sum with a number.</summary>
        public static Tensor operator +(Tensor left, double right) => left.add(right);

        /// <summary>Sum with a number.</summary>
        public static Tensor operator +(double left, Tensor right) => right.add(left);

        /// <summary>Difference.</summary>
        public static Tensor operator -(Tensor left, Tensor right) => left.sub(right);

        /// <summary>Difference with a number.</summary>
        public static Tensor operator -(Tensor left, double right) => left.add(-right);

        /// <summary>Difference from a number.</summary>
        public static Tensor operator -(double left, Tensor right)
        {
            using var negative = -right;
            return negative.add(left);
        }

        /// <summary>Product, element by element.</summary>
        public static Tensor operator *(Tensor left, Tensor right) => left.mul(right);

        /// <summary>Product with a number.</summary>
        public static Tensor operator *(Tensor left, double right) => left.mul(right);

        /// <summary>Product with a number.</summary>
        public static Tensor operator *(double left, Tensor right) => right.mul(left);

        /// <summary>Quotient, element by element.</summary>
        public static Tensor operator /(Tensor left, Tensor right) => left.div(right);

        /// <summary>Quotient by a number.</summary>
        public static Tensor operator /(Tensor left, double right) => left.div(right);

        /// <summary>this + alpha * other.</summary>
        public Tensor add(Tensor other, double alpha = 1) =>
            Give(NativeTorch.ferros_torch_add(Handle, other.Handle, alpha, out var h), h);

        /// <summary>this + value.</summary>
        public Tensor add(double value) => Give(NativeTorch.ferros_torch_add_scalar(Handle, value, out var h), h);

        /// <summary>this - other.</summary>
        public Tensor sub(Tensor other) => Give(NativeTorch.ferros_torch_sub(Handle, other.Handle, out var h), h);

        /// <summary>this * other.</summary>
        public Tensor mul(Tensor other) => Give(NativeTorch.ferros_torch_mul(Handle, other.Handle, out var h), h);

        /// <summary>this * value.</summary>
        public Tensor mul(double value) => Give(NativeTorch.ferros_torch_mul_scalar(Handle, value, out var h), h);

        /// <summary>this / other.</summary>
        public Tensor div(Tensor other) => Give(NativeTorch.ferros_torch_div(Handle, other.Handle, out var h), h);

        /// <summary>this / value.</summary>
        public Tensor div(double value) => Give(NativeTorch.ferros_torch_div_scalar(Handle, value, out var h), h);

        /// <summary>this to the power of other.</summary>
        public Tensor pow(Tensor other) => Give(NativeTorch.ferros_torch_pow(Handle, other.Handle, out var h), h);

        /// <summary>this to the power of a number.</summary>
        public Tensor pow(double exponent) => Give(NativeTorch.ferros_torch_pow_scalar(Handle, exponent, out var h), h);

        /// <summary>Matrix product.</summary>
        public Tensor matmul(Tensor other) => Give(NativeTorch.ferros_torch_matmul(Handle, other.Handle, out var h), h);

        /// <summary>e to the power of this.</summary>
        public Tensor exp() => Give(NativeTorch.ferros_torch_exp(Handle, out var h), h);

        /// <summary>Natural logarithm.</summary>
        public Tensor log() => Give(NativeTorch.ferros_torch_log(Handle, out var h), h);

        /// <summary>Square root.</summary>
        public Tensor sqrt() => Give(NativeTorch.ferros_torch_sqrt(Handle, out var h), h);

        /// <summary>Absolute value.</summary>
        public Tensor abs() => Give(NativeTorch.ferros_torch_abs(Handle, out var h), h);

        /// <summary>this * this.</summary>
        public Tensor square() => Give(NativeTorch.ferros_torch_square(Handle, out var h), h);

        /// <summary>max(this, 0).</summary>
        public Tensor relu() => Give(NativeTorch.ferros_torch_relu(Handle, out var h), h);

        /// <summary>1 / (1 + exp(-this)).</summary>
        public Tensor sigmoid() => Give(NativeTorch.ferros_torch_sigmoid(Handle, out var h), h);

        /// <summary>Hyperbolic tangent.</summary>
        public Tensor tanh() => Give(NativeTorch.ferros_torch_tanh(Handle, out var h), h);

        /// <summary>Whether each value is neither infinite nor NaN.</summary>
        public Tensor isfinite() => Give(NativeTorch.ferros_torch_isfinite(Handle, out var h), h);

        /// <summary>Values below low become low, above high become high.</summary>
        public Tensor clamp(double low, double high) => Give(NativeTorch.ferros_torch_clamp(Handle, low, high, out var h), h);

        /// <summary>Where values are equal.</summary>
        public Tensor eq(Tensor other) => Give(NativeTorch.ferros_torch_eq(Handle, other.Handle, out var h), h);

        /// <summary>Where values equal a number.</summary>
        public Tensor eq(double value) => Give(NativeTorch.ferros_torch_eq_scalar(Handle, value, out var h), h);

        /// <summary>Where values differ.</summary>
        public Tensor ne(Tensor other) => Give(NativeTorch.ferros_torch_ne(Handle, other.Handle, out var h), h);

        /// <summary>Where values differ from a number.</summary>
        public Tensor ne(double value) => Give(NativeTorch.ferros_torch_ne_scalar(Handle, value, out var h), h);

        /// <summary>Where values are less.</summary>
        public Tensor lt(Tensor other) => Give(NativeTorch.ferros_torch_lt(Handle, other.Handle, out var h), h);

        /// <summary>Where values are less than a number.</summary>
        public Tensor lt(double value) => Give(NativeTorch.ferros_torch_lt_scalar(Handle, value, out var h), h);

        /// <summary>Where values are less or equal.</summary>
        public Tensor le(Tensor other) => Give(NativeTorch.ferros_torch_le(Handle, other.Handle, out var h), h);

        /// <summary>Where values are at most a number.</summary>
        public Tensor le(double value) => Give(NativeTorch.ferros_torch_le_scalar(Handle, value, out var h), h);

        /// <summary>Where values are greater.</summary>
        public Tensor gt(Tensor other) => Give(NativeTorch.ferros_torch_gt(Handle, other.Handle, out var h), h);

        /// <summary>Where values are greater than a number.</summary>
        public Tensor gt(double value) => Give(NativeTorch.ferros_torch_gt_scalar(Handle, value, out var h), h);

        /// <summary>Where values are greater or equal.</summary>
        public Tensor ge(Tensor other) => Give(NativeTorch.ferros_torch_ge(Handle, other.Handle, out var h), h);

        /// <summary>Where values are at least a number.</summary>
        public Tensor ge(double value) => Give(NativeTorch.ferros_torch_ge_scalar(Handle, value, out var h), h);

        /// <summary>this += alpha * other.</summary>
        public Tensor add_(Tensor other, double alpha = 1) => Done(NativeTorch.ferros_torch_add_(Handle, other.Handle, alpha));

        /// <summary>this += value.</summary>
        public Tensor add_(double value) => Done(NativeTorch.ferros_torch_add_scalar_(Handle, value));

        /// <summary>this *= other.</summary>
        public Tensor mul_(Tensor other) => Done(NativeTorch.ferros_torch_mul_(Handle, other.Handle));

        /// <summary>this *= value.</summary>
        public Tensor mul_(double value) => Done(NativeTorch.ferros_torch_mul_scalar_(Handle, value));

        /// <summary>this = value everywhere.</summary>
        public Tensor fill_(double value) => Done(NativeTorch.ferros_torch_fill_(Handle, value));

        /// <summary>this = 0 everywhere.</summary>
        public Tensor zero_() => fill_(0);

        /// <summary>this = sqrt(this).</summary>
        public Tensor sqrt_() => Done(NativeTorch.ferros_torch_sqrt_(Handle));

        /// <summary>this = clamp(this).</summary>
        public Tensor clamp_(double low, double high) => Done(NativeTorch.ferros_torch_clamp_(Handle, low, high));

        /// <summary>this += weight * (end - this).</summary>
        public Tensor lerp_(Tensor end, double weight) => Done(NativeTorch.ferros_torch_lerp_(Handle, end.Handle, weight));

        /// <summary>this += value * left * right.</summary>
        public Tensor addcmul_(Tensor left, Tensor right, double value = 1) =>
            Done(NativeTorch.ferros_torch_addcmul_(Handle, left.Handle, right.Handle, value));

        /// <summary>this += value * numerator / denominator.</summary>
        public Tensor addcdiv_(Tensor numerator, Tensor denominator, double value = 1) =>
            Done(NativeTorch.ferros_torch_addcdiv_(Handle, numerator.Handle, denominator.Handle, value));

        /// <summary>this = max(this, other).</summary>
        public Tensor maximum_(Tensor other) => Done(NativeTorch.ferros_torch_maximum_(Handle, other.Handle));
    }
}
