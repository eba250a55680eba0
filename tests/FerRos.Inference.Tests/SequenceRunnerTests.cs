using FerRos.Networks;
using FerRos.Networks.Tests;
using Shouldly;
using Xunit;

namespace FerRos.Inference.Tests;

public sealed class SequenceRunnerTests
{
    private static readonly NetworkGraph _network = Zoo.Create("facechannels-joint", new ZooOptions { Classes = 8, InputChannels = 1 });
    private static readonly WeightSet _weights = RandomWeights.For(_network);

    [Fact]
    public void A_sliding_window_gives_what_running_all_ten_frames_gives()
    {
        const int Frames = 13;
        using var whole = CpuRunner.Create(_network, _weights);
        using var sliding = SequenceRunner.Create(_network, _weights);
        var video = RunnerTests.Noise(sliding.FrameLength * Frames, 5);
        var features = new float[sliding.FeatureLength * Frames];
        for (var i = 0; i < Frames; i++)
            sliding.Encode(video.AsSpan(i * sliding.FrameLength, sliding.FrameLength), features.AsSpan(i * sliding.FeatureLength, sliding.FeatureLength));

        for (var last = sliding.SequenceLength; last <= Frames; last++)
        {
            var first = last - sliding.SequenceLength;
            sliding.Run(features.AsSpan(first * sliding.FeatureLength, sliding.SequenceLength * sliding.FeatureLength));
            whole.Run(video.AsSpan(first * sliding.FrameLength, _network.InputLength));
            foreach (var output in _network.Outputs)
                sliding.Output(output).ToArray().ShouldBe(whole.Output(output).ToArray());
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(9)]
    public void Before_ten_frames_the_network_runs_over_those_there_are(int frames)
    {
        // A network declared for so many frames, with the same weights, is the measure.
        var shorter = Zoo.Create("facechannels-joint", new ZooOptions { Classes = 8, InputChannels = 1, SequenceLength = frames });
        using var expected = CpuRunner.Create(shorter, _weights, new CpuRunnerOptions { Reference = true });
        using var runner = SequenceRunner.Create(_network, _weights);
        var video = RunnerTests.Noise(shorter.InputLength, 7);
        var features = new float[runner.FeatureLength * frames];
        for (var i = 0; i < frames; i++)
            runner.Encode(video.AsSpan(i * runner.FrameLength, runner.FrameLength), features.AsSpan(i * runner.FeatureLength, runner.FeatureLength));

        // After a full sequence: nothing of it may stay.
        runner.Run(new float[runner.FeatureLength * runner.SequenceLength]);
        runner.Run(features);
        expected.Run(video);

        foreach (var output in _network.Outputs)
            RunnerTests.Compare(runner.Output(output), expected.Output(output), output);
    }

    [Fact]
    public void The_states_that_feed_the_last_layers_can_be_read()
    {
        using var runner = SequenceRunner.Create(_network, _weights, new CpuRunnerOptions { KeepTensors = _network.LastLayers.Inputs });
        runner.Run(RunnerTests.Noise(3 * runner.FeatureLength, 1));

        foreach (var input in _network.LastLayers.Inputs)
        {
            var state = runner.Output(input).ToArray();
            state.Length.ShouldBe(100);
            state.ShouldContain(v => v > 0);
        }
    }

    [Fact]
    public void Lengths_that_are_no_frames_are_refused()
    {
        using var runner = SequenceRunner.Create(_network, _weights);

        Should.Throw<ArgumentException>(() => runner.Run([]));
        Should.Throw<ArgumentException>(() => runner.Run(new float[runner.FeatureLength + 1]));
        Should.Throw<ArgumentException>(() => runner.Run(new float[runner.FeatureLength * 11])).Message.ShouldContain("1 to 10");
        Should.Throw<ArgumentException>(() => runner.Encode(new float[3], new float[runner.FeatureLength]));
        Should.Throw<NetworkException>(() => SequenceRunner.Create(Zoo.Create("arch-1"), RandomWeights.For(Zoo.Create("arch-1"))));
        Should.Throw<NetworkException>(() => SequenceRunner.Create(_network, _weights, new CpuRunnerOptions { KeepTensors = ["conv1"] }));
    }
}
