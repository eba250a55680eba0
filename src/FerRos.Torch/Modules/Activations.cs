using FerRos.Networks;

namespace FerRos.Torch;

/// <summary>Activations as functions of tensors.</summary>
internal static class Activations
{
    /// <summary>Applies an activation; the softmax goes over the last axis of vectors, over the channels of images.</summary>
    internal static torch.Tensor Apply(torch.Tensor x, Activation activation) => activation switch
    {
        Activation.Linear => x,
        Activation.Relu => x.relu(),
        Activation.Relu6 => x.clamp(0, 6),
        Activation.Sigmoid => x.sigmoid(),
        Activation.Tanh => x.tanh(),
        Activation.Softmax => torch.nn.functional.softmax(x, x.dim() == 4 ? 1 : -1),
        _ => throw new NetworkException($"libtorch modules have no activation {activation}"),
    };
}
