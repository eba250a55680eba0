using FerRos.Torch.Native;

namespace FerRos.Torch;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>Whether gradients are collected for it, or flow through it.</summary>
        public bool requires_grad
        {
            get
            {
                NativeTorch.Check(NativeTorch.ferros_torch_get_requires_grad(Handle, out var value));
                return value != 0;
            }
            set => NativeTorch.Check(NativeTorch.ferros_torch_set_requires_grad(Handle, value ? 1 : 0));
        }

        /// <summary>Whether it was not computed from tensors with gradients.</summary>
        public bool is_leaf
        {
            get
            {
                NativeTorch.Check(NativeTorch.ferros_torch_is_leaf(Handle, out var value));
                return value != 0;
            }
        }

        /// <summary>Sets <see cref="requires_grad"/>.</summary>
        public Tensor requires_grad_(bool value = true)
        {
            requires_grad = value;
            return this;
        }

        /// <summary>The collected gradient, as a new object that shares its values; null before the first <see cref="backward"/>.</summary>
        public Tensor? grad()
        {
            NativeTorch.Check(NativeTorch.ferros_torch_get_grad(Handle, out var gradient));
            return gradient.IsInvalid ? null : new Tensor(gradient);
        }

        /// <summary>Replaces the collected gradient; null forgets it.</summary>
        public void set_grad(Tensor? gradient) =>
            NativeTorch.Check(NativeTorch.ferros_torch_set_grad(Handle, gradient?.Handle ?? TensorHandle.None));

        /// <summary>Adds the gradients of this scalar to all leaves that it was computed from.</summary>
        /// <param name="gradient">Weights of this tensor's values; needed where it is no scalar.</param>
        /// <param name="retain_graph">Whether the way can be gone again.</param>
        public void backward(Tensor? gradient = null, bool retain_graph = false) =>
            NativeTorch.Check(NativeTorch.ferros_torch_backward(Handle, gradient?.Handle ?? TensorHandle.None, retain_graph ? 1 : 0));

        /// <summary>The same values, without the way they were computed.</summary>
        public Tensor detach() => Give(NativeTorch.ferros_torch_detach(Handle, out var h), h);
    }
}
