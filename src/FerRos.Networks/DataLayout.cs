namespace FerRos.Networks;

/// <summary>
/// The order of an image's axes where it meets the outside: a network's input, the values of a kept layer, and
/// the order in which a map is flattened before a dense layer.
/// </summary>
public enum DataLayout
{
    /// <summary>Height, width, channels (Keras's default, TensorFlow).</summary>
    ChannelsLast,

    /// <summary>Channels, height, width (FaceChannel V1, PyTorch).</summary>
    ChannelsFirst,
}
