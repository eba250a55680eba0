using FerRos.Perception;

namespace FerRos.Node;

/// <summary>Where pictures come from and how they travel.</summary>
/// <param name="Transport">Transport of the topic <c>image</c>.</param>
internal sealed record CameraOptions(ImageTransport Transport);

/// <summary>How pictures travel: image_transport's names.</summary>
internal enum ImageTransport
{
    /// <summary>sensor_msgs/Image on <c>image</c>.</summary>
    Raw,

    /// <summary>sensor_msgs/CompressedImage on <c>image/compressed</c>.</summary>
    Compressed,
}

/// <summary>Which network runs, and where.</summary>
/// <param name="Name">Name of the model in the directory.</param>
/// <param name="Directory">Folder of the models; empty: beside the program.</param>
/// <param name="Threads">Threads of the CPU engine.</param>
internal sealed record ModelOptions(string Name, string Directory, int Threads);

/// <summary>Everything that the node is told.</summary>
internal sealed record NodeOptions(CameraOptions Camera, ModelOptions Model, PerceptionOptions Perception, TimeSpan DiagnosticsPeriod);
