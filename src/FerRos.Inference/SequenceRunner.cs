using FerRos.Networks;

namespace FerRos.Inference;

/// <summary>
/// Runs a sequence network on a stream of frames: each new frame goes through the encoder once, and the recurrent part
/// runs over the features of the last frames. The result is that of running all frames anew.
/// </summary>
public sealed class SequenceRunner : IDisposable
{
    private readonly SequenceExecutor _executor;

    private SequenceRunner(NetworkGraph network, SequenceExecutor executor)
    {
        Network = network;
        _executor = executor;
        FrameLength = network.InputShape.Count;
    }

    /// <summary>The whole network.</summary>
    public NetworkGraph Network { get; }

    /// <summary>What runs it, for logs.</summary>
    public string Device => _executor.Device;

    /// <summary>Number of values of one frame.</summary>
    public int FrameLength { get; }

    /// <summary>Number of values of one frame's features.</summary>
    public int FeatureLength => _executor.FeatureLength;

    /// <summary>The longest sequence.</summary>
    public int SequenceLength => _executor.SequenceLength;

    /// <summary>Makes a runner.</summary>
    /// <param name="network">A network that takes sequences.</param>
    /// <param name="weights">Its weights.</param>
    /// <param name="options">Threads, and which layers behind the features to keep: those that feed the last layers, for adaptation.</param>
    /// <exception cref="NetworkException">The network takes no sequences, or a tensor to keep runs once per frame.</exception>
    /// <exception cref="WeightsException">The weights are not the network's.</exception>
    public static SequenceRunner Create(NetworkGraph network, WeightSet weights, CpuRunnerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(weights);
        return Executors.Create(network, weights, options ?? new CpuRunnerOptions()) is SequenceExecutor executor
            ? new SequenceRunner(network, executor)
            : throw new NetworkException($"network '{network.Name}' takes single images; use {nameof(CpuRunner)}");
    }

    /// <summary>Computes the features of one frame.</summary>
    /// <param name="frame">The frame, <see cref="FrameLength"/> values.</param>
    /// <param name="features">Receives <see cref="FeatureLength"/> values.</param>
    /// <exception cref="ArgumentException">A length is wrong.</exception>
    public void Encode(ReadOnlySpan<float> frame, Span<float> features)
    {
        if (frame.Length != FrameLength)
            throw new ArgumentException($"a frame of '{Network.Name}' has {FrameLength} values, not {frame.Length}", nameof(frame));
        if (features.Length != FeatureLength)
            throw new ArgumentException($"features of '{Network.Name}' have {FeatureLength} values, not {features.Length}", nameof(features));
        _executor.Encode(frame, features);
    }

    /// <summary>Runs the recurrent part over the features of the last frames.</summary>
    /// <param name="features">Features of 1 to <see cref="SequenceLength"/> frames, oldest first, one after the other.</param>
    /// <exception cref="ArgumentException">The length is not that of 1 to <see cref="SequenceLength"/> frames.</exception>
    public void Run(ReadOnlySpan<float> features)
    {
        var (steps, rest) = Math.DivRem(features.Length, FeatureLength);
        if (rest != 0 || steps < 1 || steps > SequenceLength)
            throw new ArgumentException($"{features.Length} values are not the features of 1 to {SequenceLength} frames of {FeatureLength}", nameof(features));
        _executor.RunTail(features, steps);
    }

    /// <summary>An output, or a tensor that was kept, of the last run; valid until the next.</summary>
    /// <exception cref="KeyNotFoundException">No such output.</exception>
    public ReadOnlySpan<float> Output(string name) => _executor.Output(name);

    /// <inheritdoc/>
    public void Dispose() => _executor.Dispose();
}
