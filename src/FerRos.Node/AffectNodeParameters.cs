using FerRos.Perception;
using FerRos.Ros2;

namespace FerRos.Node;

/// <summary>Declares the node's parameters and makes options of their values. <c>config/ferros.yaml</c> lists them for users.</summary>
internal sealed class AffectNodeParameters
{
    private static readonly PerceptionOptions Defaults = new();

    private readonly NodeParameters _parameters;

    /// <summary>Declares everything.</summary>
    /// <exception cref="ParameterException">A value given from outside is not allowed; the message names parameter, value and what is.</exception>
    internal AffectNodeParameters(NodeParameters parameters)
    {
        _parameters = parameters;
        Choice("image_transport", "raw", ["raw", "compressed"], "Transport of the topic image: raw (sensor_msgs/Image on image) or compressed (sensor_msgs/CompressedImage on image/compressed).");
        Text("model", AffectNode.DefaultModel, "Name of the network: the weights' file name without its ending.");
        Text("model_directory", "", "Folder of the models; empty: the one beside the program.");
        Choice("device", "cpu", ["cpu"], "Where the networks run.");
        Integer("threads", 1, 1, 64, "Threads of the CPU engine; one is best at camera rates.");
        Choice("detector", "short_range", ["short_range", "full_range"], "Face detector: short_range (near faces, fast) or full_range (small faces too).");
        Number("detection_threshold", Defaults.DetectionThreshold, 0.01, 0.99, "Least score of a face.");
        Integer("min_face_size", Defaults.MinFaceSize, 0, 4096, "Least width of a face in pixels; smaller ones are left out.");
        Integer("max_faces", Defaults.MaxFaces, 1, FaceTracker.Capacity, "Most faces that are estimated, the largest first.");
        Number("max_rate", Defaults.MaxRate, 0.1, 1000, "Most pictures a second that are processed, by their stamps.");
        Number("sequence_gap", Defaults.SequenceGap.TotalSeconds, 0.01, 60, "Seconds without a face after which its sequence starts afresh.");
        Number("confirmation_time", Defaults.ConfirmationTime.TotalSeconds, 0, 10, "Seconds that a face must be in view before it gets an id.");
        Number("track_timeout", Defaults.TrackTimeout.TotalSeconds, 0.01, 60, "Seconds that a face may be out of sight before its id is given up.");
        Number("smoothing", Defaults.Smoothing.TotalSeconds, 0, 5, "Time constant, in seconds, of the average over a face's estimates; 0: none.");
        Number("diagnostics_period", 1, 0.1, 60, "Seconds between two messages on /diagnostics.");
        parameters.Declare("autostart", true, Described("Whether the node configures and activates itself at the start; false: a lifecycle manager does."));
    }

    /// <summary>Whether the node configures and activates itself.</summary>
    internal bool Autostart => _parameters.Get<bool>("autostart");

    /// <summary>The options that the parameters say now.</summary>
    internal NodeOptions Read() => new(
        new CameraOptions(_parameters.Get<string>("image_transport") == "compressed" ? ImageTransport.Compressed : ImageTransport.Raw),
        new ModelOptions(_parameters.Get<string>("model"), _parameters.Get<string>("model_directory"), (int)_parameters.Get<long>("threads")),
        new PerceptionOptions
        {
            Detector = PerceptionOptions.ParseDetector(_parameters.Get<string>("detector")),
            DetectionThreshold = _parameters.Get<double>("detection_threshold"),
            MinFaceSize = (int)_parameters.Get<long>("min_face_size"),
            MaxFaces = (int)_parameters.Get<long>("max_faces"),
            MaxRate = _parameters.Get<double>("max_rate"),
            SequenceGap = Seconds("sequence_gap"),
            ConfirmationTime = Seconds("confirmation_time"),
            TrackTimeout = Seconds("track_timeout"),
            Smoothing = Seconds("smoothing"),
        },
        Seconds("diagnostics_period"));

    private TimeSpan Seconds(string name) => TimeSpan.FromSeconds(_parameters.Get<double>(name));

    private void Choice(string name, string value, string[] allowed, string description)
    {
        var constraint = "one of: " + string.Join(", ", allowed);
        _parameters.Declare(name, value, Described(description) with
        {
            AdditionalConstraints = constraint,
            Validate = v => allowed.Contains(v.As<string>()) ? null : $"'{v.As<string>()}' is not {constraint}",
        });
    }

    private void Text(string name, string value, string description) => _parameters.Declare(name, value, Described(description));

    private void Integer(string name, long value, long from, long to, string description) =>
        _parameters.Declare(name, value, Described(description) with { IntegerRange = new IntegerRange(from, to) });

    private void Number(string name, double value, double from, double to, string description) =>
        _parameters.Declare(name, value, Described(description) with { FloatingPointRange = new FloatingPointRange(from, to) });

    /// <summary>The values are read when the node is configured, so a later change would say one thing and do another.</summary>
    private static ParameterDescriptor Described(string description) => new() { Description = description, ReadOnly = true };
}
