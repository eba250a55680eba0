using FerRos.Perception;
using FerRos.Ros2;

namespace FerRos.Node;

/// <summary>
/// Declares the node's parameters and makes options of their values. Structural ones are read-only; the others may change
/// at run time, are checked as a whole before they are set, and are applied between two pictures.
/// <c>config/ferros.yaml</c> lists them for users.
/// </summary>
internal sealed class AffectNodeParameters
{
    private static readonly PerceptionOptions Defaults = new();
    private static readonly AdaptationOptions Adapting = new();

    private readonly NodeParameters _parameters;
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();

    /// <summary>Declares everything.</summary>
    /// <exception cref="ParameterException">A value given from outside is not allowed; the message names parameter, value and what is.</exception>
    internal AffectNodeParameters(NodeParameters parameters)
    {
        _parameters = parameters;
        Flag("autostart", true, "Whether the node configures and activates itself at the start; false: a lifecycle manager does.", readOnly: true);
        Choice("input", "camera", ["camera", "humans"], "Where faces come from: camera (the topic image) or humans (another detector's faces under /humans/faces).");
        Choice("image_transport", "raw", ["raw", "compressed"], "Transport of the topic image: raw (sensor_msgs/Image on image) or compressed (sensor_msgs/CompressedImage on image/compressed).");
        Text("model", AffectNode.DefaultModel, "Name of the network: the weights' file name without its ending.");
        Text("model_directory", "", "Folder of the models; empty: the one beside the program.");
        Choice("device", "cpu", ["cpu", "cuda"], "Where the networks run: cpu (the own engine) or cuda (libtorch on the first NVIDIA GPU).");
        Integer("threads", 1, 1, 64, "Threads of the CPU engine; one is best at camera rates.", readOnly: true);
        Choice("detector", "short_range", ["short_range", "full_range"], "Face detector: short_range (near faces, fast) or full_range (small faces too).");
        Number("detection_threshold", Defaults.DetectionThreshold, 0.01, 0.99, "Least score of a face.");
        Integer("min_face_size", Defaults.MinFaceSize, 0, 4096, "Least width of a face in pixels; smaller ones are left out.");
        Integer("max_faces", Defaults.MaxFaces, 1, FaceTracker.Capacity, "Most faces that are estimated, the largest first.");
        Number("max_rate", Defaults.MaxRate, 0.1, 1000, "Most pictures a second that are processed, by their stamps.");
        Number("sequence_gap", Defaults.SequenceGap.TotalSeconds, 0.01, 60, "Seconds without a face after which its sequence starts afresh.");
        Number("confirmation_time", Defaults.ConfirmationTime.TotalSeconds, 0, 10, "Seconds that a face must be in view before it gets an id.");
        Number("track_timeout", Defaults.TrackTimeout.TotalSeconds, 0.01, 60, "Seconds that a face may be out of sight before its id is given up.");
        Number("smoothing", Defaults.Smoothing.TotalSeconds, 0, 5, "Time constant, in seconds, of the average over a face's estimates; 0: none.");
        Flag("publish_humans", true, "Whether ROS4HRI's topics under /humans/faces are published. One node of a robot may publish the list of tracked faces.");
        Integer("face_width", 128, 16, 1024, "Width in pixels of the pictures cropped and aligned.", readOnly: true);
        Integer("face_height", 128, 16, 1024, "Height in pixels of the pictures cropped and aligned.", readOnly: true);
        Number("match_threshold", 0.5, 0, 1, "Least confidence of a match on /humans/candidate_matches that binds a person to a face.");
        Text("profile_directory", "", "Folder of the profiles of persons; empty: ferros/profiles in the user's state folder (XDG_STATE_HOME).");
        Flag("adaptation.enabled", true, "Whether the node may learn persons and store profiles; false: ~/adapt refuses, stored profiles are still used.");
        Integer("adaptation.steps", Adapting.Steps, 1, 10_000, "Steps of training where nothing can be held back, and the most otherwise.");
        Number("adaptation.rate", Adapting.Rate, 0.001, 100, "Step of gradient descent, in units of the largest that is surely stable.");
        Number("adaptation.momentum", Adapting.Momentum, 0, 0.999, "Share of the last step that is made again, with Nesterov's look ahead.");
        Number("adaptation.pull", Adapting.Pull, 0, 1000, "Pull of a person's layer toward the general one.");
        Number("adaptation.rehearsal", Adapting.Rehearsal, 0, 100, "Weight of the rehearsed general faces against the person's samples; 0: without.");
        Flag("adaptation.hidden", Adapting.TrainHidden, "Whether the dense layers before the heads train, too.");
        Number("adaptation.prior", Adapting.PriorFloor, 0.001, 1, "Weight of an expression that the person has not shown, against 1 for one that was; 1: no class prior.");
        Number("adaptation.share_samples", Adapting.ShareSamples, 0, 1000, "With n independent looks at the expression that has fewest, the person's layer has the share n / (n + this).");
        Integer("adaptation.episode_looks", Adapting.EpisodeLooks, 1, 1000, "Looks of one episode that count as independent at most.");
        Number("adaptation.held_back", Adapting.HeldBack, 0.01, 0.5, "Share of the samples that is held back to decide whether a layer is used.");
        Integer("adaptation.gap", Adapting.Gap, 0, 1000, "Frames left out between the two sides where an episode is split.");
        Integer("adaptation.min_held_back", Adapting.MinHeldBack, 1, 1000, "Held-back samples that an expression must have for accuracies to be told.");
        Number("adaptation.max_loss", Adapting.MaxRehearsalLoss, 0, 1, "Accuracy on general faces that a person's layer may lose; 0.01 is a point.");
        Number("adaptation.affect_weight", Adapting.AffectWeight, 0, 100, "Weight of arousal and valence against the expression.");
        Integer("adaptation.max_samples", Adapting.MaxSamples, 10, 100_000, "Samples of a person that are kept at most; of the oldest episodes fewer are kept.");
        Integer("adaptation.nice", Adapting.Nice, 0, 19, "Nice value of the training thread: the higher, the more it yields to the camera loop.");
        Number("adaptation.min_sharpness", Adapting.MinSharpness, 0, 1, "Least sharpness of a frame that is collected.");
        Number("adaptation.min_frontalness", Adapting.MinFrontalness, 0, 1, "Least frontalness of a face that is collected: 1 looks straight ahead.");
        Integer("adaptation.min_face_size", Adapting.MinFaceSize, 0, 4096, "Least width in pixels of a face that is collected.");
        Number("adaptation.timeout", Adapting.Timeout.TotalSeconds, 0.1, 3600, "Seconds that frames are collected at most when a request of ~/adapt does not say.");
        Integer("adaptation.max_frames", Adapting.MaxFrames, 1, 100_000, "Frames that one request of ~/adapt may ask for at most.");
        Number("adaptation.min_interval", Adapting.MinInterval.TotalSeconds, 0, 10, "Least seconds between two frames that are collected: neighbours are much alike.");
        Number("diagnostics.period", 1, 0.1, 60, "Seconds between two messages on /diagnostics.", readOnly: true);
        Number("diagnostics.window", 10, 1, 600, "Seconds over which the times of the stages are looked at.", readOnly: true);
        Number("diagnostics.warn_latency", 0.5, 0.001, 60, "Seconds from a picture's arrival to publication (p99) above which there is a warning.");
        Number("diagnostics.error_latency", 2, 0.001, 60, "Seconds from a picture's arrival to publication (p99) above which there is an error.");
        Number("diagnostics.min_rate", 1, 0, 1000, "Pictures a second below which there is a warning; 0: none.");
        Number("diagnostics.min_age", -1, -3600, 0, "Least age in seconds of a picture by the node's clock, negative for stamps of the future; below it there is an error.");
        Number("diagnostics.max_age", 5, 0, 3600, "Greatest age in seconds of a picture by the node's clock; above it there is an error.");

        try
        {
            Read().Validate();
        }
        catch (InvalidOptionException e)
        {
            throw new ParameterException(e.Message, e);
        }

        parameters.AddOnSet(Check);
        parameters.Changed += OnChanged;
    }

    /// <summary>Raised after a parameter of this node has changed, one change after the other, on the thread that set it.</summary>
    internal event Action<NodeOptions>? Changed;

    /// <summary>Whether the node configures and activates itself.</summary>
    internal bool Autostart => _parameters.Get<bool>("autostart");

    /// <summary>Names of the parameters declared here.</summary>
    internal IReadOnlyCollection<string> Names => _names;

    /// <summary>The options that the parameters say now.</summary>
    internal NodeOptions Read() => Read(_parameters.Get);

    private static NodeOptions Read(Func<string, ParameterValue> get)
    {
        return new NodeOptions(
            Text("input") == "humans" ? InputKind.Humans : InputKind.Camera,
            new CameraOptions(Text("image_transport") == "compressed" ? ImageTransport.Compressed : ImageTransport.Raw),
            new ModelOptions(Text("model"), Text("model_directory"), Text("device"), Whole("threads")),
            new PerceptionOptions
            {
                Detector = PerceptionOptions.ParseDetector(Text("detector")),
                DetectionThreshold = Number("detection_threshold"),
                MinFaceSize = Whole("min_face_size"),
                MaxFaces = Whole("max_faces"),
                MaxRate = Number("max_rate"),
                SequenceGap = Seconds("sequence_gap"),
                ConfirmationTime = Seconds("confirmation_time"),
                TrackTimeout = Seconds("track_timeout"),
                Smoothing = Seconds("smoothing"),
            },
            new HumansOptions(get("publish_humans").As<bool>(), Whole("face_width"), Whole("face_height"), Number("match_threshold")),
            new LearningOptions(Text("profile_directory"), get("adaptation.enabled").As<bool>(), new AdaptationOptions
            {
                Steps = Whole("adaptation.steps"),
                Rate = Number("adaptation.rate"),
                Momentum = Number("adaptation.momentum"),
                Pull = Number("adaptation.pull"),
                Rehearsal = Number("adaptation.rehearsal"),
                TrainHidden = get("adaptation.hidden").As<bool>(),
                PriorFloor = Number("adaptation.prior"),
                ShareSamples = Number("adaptation.share_samples"),
                EpisodeLooks = Whole("adaptation.episode_looks"),
                HeldBack = Number("adaptation.held_back"),
                Gap = Whole("adaptation.gap"),
                MinHeldBack = Whole("adaptation.min_held_back"),
                MaxRehearsalLoss = Number("adaptation.max_loss"),
                AffectWeight = Number("adaptation.affect_weight"),
                MaxSamples = Whole("adaptation.max_samples"),
                Nice = Whole("adaptation.nice"),
                MinSharpness = Number("adaptation.min_sharpness"),
                MinFrontalness = Number("adaptation.min_frontalness"),
                MinFaceSize = Whole("adaptation.min_face_size"),
                Timeout = Seconds("adaptation.timeout"),
                MaxFrames = Whole("adaptation.max_frames"),
                MinInterval = Seconds("adaptation.min_interval"),
            }),
            new DiagnosticsOptions(
                Seconds("diagnostics.period"),
                Seconds("diagnostics.window"),
                Seconds("diagnostics.warn_latency"),
                Seconds("diagnostics.error_latency"),
                Number("diagnostics.min_rate"),
                Seconds("diagnostics.min_age"),
                Seconds("diagnostics.max_age")));

        string Text(string name) => get(name).As<string>();
        int Whole(string name) => get(name).As<int>();
        double Number(string name) => get(name).As<double>();
        TimeSpan Seconds(string name) => TimeSpan.FromSeconds(Number(name));
    }

    /// <summary>Looks at the values as they would be: each is in its range already.</summary>
    private SetParametersResult Check(IReadOnlyList<Parameter> batch)
    {
        if (!Concerns(batch)) return SetParametersResult.Success;
        try
        {
            Read(name =>
            {
                // Of one name given twice the last holds.
                for (var i = batch.Count - 1; i >= 0; i--)
                {
                    if (batch[i].Name == name) return batch[i].Value;
                }

                return _parameters.Get(name);
            }).Validate();
            return SetParametersResult.Success;
        }
        catch (Exception e) when (e is InvalidOptionException or ParameterException)
        {
            return SetParametersResult.Failure(e.Message);
        }
    }

    private void OnChanged(IReadOnlyList<Parameter> batch)
    {
        if (!Concerns(batch)) return;
        // Read within the lock: of two changes at once, the one handed on last is the newer state.
        lock (_gate) Changed?.Invoke(Read());
    }

    private bool Concerns(IReadOnlyList<Parameter> batch)
    {
        foreach (var parameter in batch)
        {
            if (_names.Contains(parameter.Name)) return true;
        }

        return false;
    }

    private void Choice(string name, string value, string[] allowed, string description)
    {
        var constraint = "one of: " + string.Join(", ", allowed);
        Declare(name, value, Described(description, readOnly: true) with
        {
            AdditionalConstraints = constraint,
            Validate = v => allowed.Contains(v.As<string>()) ? null : constraint,
        });
    }

    private void Text(string name, string value, string description) => Declare(name, value, Described(description, readOnly: true));

    private void Flag(string name, bool value, string description, bool readOnly = false) => Declare(name, value, Described(description, readOnly));

    private void Integer(string name, long value, long from, long to, string description, bool readOnly = false) =>
        Declare(name, value, Described(description, readOnly) with { IntegerRange = new IntegerRange(from, to) });

    private void Number(string name, double value, double from, double to, string description, bool readOnly = false) =>
        Declare(name, value, Described(description, readOnly) with { FloatingPointRange = new FloatingPointRange(from, to) });

    private void Declare<T>(string name, T value, ParameterDescriptor descriptor)
    {
        _parameters.Declare(name, value, descriptor);
        _names.Add(name);
    }

    /// <summary>Read-only are those that are read when the node is configured: a later change would say one thing and do another.</summary>
    private static ParameterDescriptor Described(string description, bool readOnly) => new() { Description = description, ReadOnly = readOnly };
}
