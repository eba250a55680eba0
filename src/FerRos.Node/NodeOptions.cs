using FerRos.Perception;

namespace FerRos.Node;

/// <summary>Where faces come from.</summary>
internal enum InputKind
{
    /// <summary>A camera: this node finds and follows the faces.</summary>
    Camera,

    /// <summary>Another detector's aligned faces, on ROS4HRI's topics.</summary>
    Humans,
}

/// <summary>How the camera's pictures travel.</summary>
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
/// <param name="Device">Where the networks run: <c>cpu</c> or <c>cuda</c>.</param>
/// <param name="Threads">Threads of the CPU engine.</param>
internal sealed record ModelOptions(string Name, string Directory, string Device, int Threads);

/// <summary>ROS4HRI.</summary>
/// <param name="Publish">Whether its topics are published.</param>
/// <param name="FaceWidth">Width of the crops in pixels.</param>
/// <param name="FaceHeight">Height of the crops in pixels.</param>
/// <param name="MatchThreshold">Least confidence of a candidate match that binds a person to a face, 0 to 1.</param>
internal sealed record HumansOptions(bool Publish, int FaceWidth, int FaceHeight, double MatchThreshold);

/// <summary>What is said on <c>/diagnostics</c>, and when it is a warning or an error.</summary>
/// <param name="Period">Time between two messages; fixed once the node runs.</param>
/// <param name="Window">Quantiles are over the last so much time; fixed once the node runs.</param>
/// <param name="WarnLatency">A warning above this latency (p99).</param>
/// <param name="ErrorLatency">An error above this latency (p99).</param>
/// <param name="MinRate">A warning below so many pictures a second; 0: none.</param>
/// <param name="MinAge">An error for pictures younger than this when they are published (negative: stamps of the future).</param>
/// <param name="MaxAge">An error for pictures older than this.</param>
internal sealed record DiagnosticsOptions(
    TimeSpan Period, TimeSpan Window, TimeSpan WarnLatency, TimeSpan ErrorLatency, double MinRate, TimeSpan MinAge, TimeSpan MaxAge)
{
    /// <summary>Checks what the ranges of the single values do not.</summary>
    /// <exception cref="InvalidOptionException">Two values contradict each other.</exception>
    internal void Validate()
    {
        if (WarnLatency > ErrorLatency)
            throw new InvalidOptionException("diagnostics.warn_latency", WarnLatency.TotalSeconds, $"at most diagnostics.error_latency ({ErrorLatency.TotalSeconds})");
    }
}

/// <summary>Everything that the node is told.</summary>
internal sealed record NodeOptions(
    InputKind Input,
    CameraOptions Camera,
    ModelOptions Model,
    PerceptionOptions Perception,
    HumansOptions Humans,
    LearningOptions Learning,
    DiagnosticsOptions Diagnostics)
{
    /// <summary>Checks all values.</summary>
    /// <exception cref="InvalidOptionException">A value is not allowed; the message names the parameter, the value and what is.</exception>
    internal void Validate()
    {
        Perception.Validate();
        Learning.Adaptation.Validate();
        Diagnostics.Validate();
    }
}
