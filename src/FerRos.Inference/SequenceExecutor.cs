using FerRos.Networks;

namespace FerRos.Inference;

/// <summary>A sequence network in its two parts: what runs once per frame, and what runs over the frames' features.</summary>
internal sealed class SequenceExecutor : IExecutor
{
    private readonly IExecutor _encoder;
    private readonly IExecutor _tail;
    private readonly NetworkGraph _encoderNetwork;
    private readonly float[] _features;

    public SequenceExecutor(NetworkGraph network, WeightSet weights, CpuRunnerOptions options)
    {
        _encoderNetwork = network.FrameEncoder();
        var tail = network.SequenceTail();
        foreach (var name in options.KeepTensors)
        {
            if (!tail.Contains(name))
                throw new NetworkException($"'{name}' of '{network.Name}' runs once per frame; only layers behind the frames' features can be kept");
        }

        FeatureLength = _encoderNetwork[_encoderNetwork.Outputs[0]].Shape.Count;
        SequenceLength = network.SequenceLength;
        _features = new float[FeatureLength * SequenceLength];
        _encoder = Executors.Create(_encoderNetwork, weights.Of(_encoderNetwork), options with { KeepTensors = [] });
        _tail = Executors.Create(tail, weights.Of(tail), options with { Threads = 1 });
    }

    public string Device => _encoder.Device;

    public int FeatureLength { get; }

    public int SequenceLength { get; }

    public void Run(ReadOnlySpan<float> input, int steps)
    {
        var frame = _encoderNetwork.InputLength;
        for (var step = 0; step < steps; step++)
            Encode(input.Slice(step * frame, frame), _features.AsSpan(step * FeatureLength, FeatureLength));
        RunTail(_features.AsSpan(0, steps * FeatureLength), steps);
    }

    public void Encode(ReadOnlySpan<float> image, Span<float> features)
    {
        _encoder.Run(image, 1);
        _encoder.Output(_encoderNetwork.Outputs[0]).CopyTo(features);
    }

    public void RunTail(ReadOnlySpan<float> features, int steps) => _tail.Run(features, steps);

    public ReadOnlySpan<float> Output(string name) => _tail.Output(name);

    public void Dispose()
    {
        _encoder.Dispose();
        _tail.Dispose();
    }
}
