using System.Collections.Immutable;
using System.Text.Json;
using FerRos.Inference;
using FerRos.Networks;
using FerRos.Networks.Tests;
using FerRos.Perception;
using FerRos.Training.Commands;
using Shouldly;
using Xunit;

namespace FerRos.Training.Tests;

public sealed class FilmEvaluationTests
{
    private static readonly StillSequenceOptions Films = StillSequenceOptions.None with { MisalignmentShare = 0.4, MisalignmentRoll = 180, MisalignmentScale = 0, MisalignmentShift = 0 };

    [Fact]
    public void A_network_that_remembers_gains_what_the_spoilt_frames_cost()
    {
        // Two frames in five are turned by any angle, so that one in five is upside down; one network sees the frame, the
        // other the mean of all frames.
        var dataset = Faces.Stripes(120);
        var result = FilmEvaluation.Run(dataset, () => new Stripes(10), () => new Stripes(1), Films, 10, 3, 2, draws: 200, cancellation: TestContext.Current.CancellationToken);

        var single = result.FrameNetwork.ShouldNotBeNull();
        single.WholeFilm.ShouldBeNull();
        result.Network.WholeFilm!.Accuracy!.Value.ShouldBeGreaterThan(0.95);
        single.LastFrame.Accuracy!.Value.ShouldBe(0.8, 0.12);
        single.EveryFrame.Value.ShouldBe(0.8, 0.06);
        single.MeanOfFrames.Accuracy!.Value.ShouldBe(result.Network.WholeFilm.Accuracy.Value, 1e-9);
        result.GainOverLastFrame!.Value.ShouldBe(result.Network.WholeFilm.Accuracy.Value - single.LastFrame.Accuracy.Value, 1e-9);
        result.GainOverEveryFrame!.Value.ShouldBe(result.Network.WholeFilm.Accuracy.Value - single.EveryFrame.Value, 1e-9);
        result.GainOverMeanOfFrames!.Value.ShouldBe(0, 1e-9);
        result.GainOverLastFrame.Low.ShouldBeGreaterThan(0);
        result.GoodFrames.ShouldBe(0.6, 0.05);
        result.ToString().ShouldContain("over the frame network's last frame");
        using var json = JsonDocument.Parse(result.ToJson());
        json.RootElement.GetProperty("film").GetProperty("misalignmentShare").GetDouble().ShouldBe(0.4);
    }

    [Fact]
    public void The_result_does_not_depend_on_the_number_of_threads()
    {
        var dataset = Faces.Stripes(30);
        var one = FilmEvaluation.Run(dataset, () => new Stripes(10), () => new Stripes(1), StillSequenceOptions.Protocol, 10, 1, 1, 100, TestContext.Current.CancellationToken);
        var four = FilmEvaluation.Run(dataset, () => new Stripes(10), () => new Stripes(1), StillSequenceOptions.Protocol, 10, 1, 4, 100, TestContext.Current.CancellationToken);
        four.ToJson().ShouldBe(one.ToJson());
        FilmEvaluation.Run(dataset, () => new Stripes(10), null, StillSequenceOptions.Protocol, 10, 2, 1, 100, TestContext.Current.CancellationToken).GoodFrames.ShouldNotBe(one.GoodFrames);
    }

    [Fact]
    public void Films_in_which_nothing_happens_are_the_pictures()
    {
        var dataset = Faces.Stripes(12, size: 48);
        var model = Random("arch-1", dataset.Classes);
        var films = FilmEvaluation.Predict(
            dataset, () => AffectNetworks.Create(model, m => CpuRunner.Create(m.Network, m.Weights)), StillSequenceOptions.None, 3, 0, 1, TestContext.Current.CancellationToken);
        var pictures = Evaluator.Predict(dataset, () => CpuRunner.Create(model.Network, model.Weights), 1, cancellation: TestContext.Current.CancellationToken);
        foreach (var said in films.Alone.Append(films.Whole).Append(films.Mean()))
            said.Probabilities.ShouldBe(pictures.Probabilities, 1e-4);
    }

    [Fact]
    public async Task The_command_measures_sequence_networks_on_pictures_and_on_films()
    {
        using var folder = new TemporaryFolder();
        for (var i = 0; i < 4; i++)
        {
            Faces.WritePicture(folder[$"data/happiness/{i}.png"], 48, 48, (byte)(150 + i));
            Faces.WritePicture(folder[$"data/sadness/{i}.png"], 48, 48, (byte)(20 + i));
        }

        var models = new ModelDirectory(folder.Path);
        foreach (var name in new[] { "facechannels-expression", "affwild2-frame-expression", "arch-1" })
        {
            var model = Random(name, ["happiness", "sadness"]);
            models.Save(name, model.Weights, model.Card);
        }

        Task<(int Code, string Output)> Evaluate(params string[] arguments) => CommandLine.Invoke(
            EvaluateCommand.Create(), [.. new[] { "--weights", folder["facechannels-expression.safetensors"], "--data", folder["data"], "--draws", "20", "--threads", "1" }, .. arguments]);
        var (code, output) = await Evaluate("--mirror");
        code.ShouldBe(0, output);
        output.ShouldContain("8 samples, averaged with the mirrored picture");
        output.ShouldContain("calibration error");
        (code, output) = await Evaluate("--corrupt", "--frame-weights", folder["affwild2-frame-expression.safetensors"], "--json");
        code.ShouldBe(0, output);
        output.ShouldContain("\"gainOverLastFrame\"");
        output.ShouldContain("\"films\": 8");

        (code, output) = await Evaluate("--corrupt", "--mirrored");
        code.ShouldBe(2);
        output.ShouldContain("not mirrored");
        (code, output) = await Evaluate("--corrupt", "--frame-weights", folder["facechannels-expression.safetensors"]);
        code.ShouldBe(2);
        output.ShouldContain("no network of single frames");
    }

    private static Model Random(string network, ImmutableArray<string> classes)
    {
        var card = new ModelCard
        {
            Network = network, Description = "", Classes = classes, InputSize = network == "arch-1" ? 48 : 112, Color = "gray", Alignment = "FER+", Licence = "none",
        };
        var graph = card.CreateNetwork();
        return new Model(network, graph, RandomWeights.For(graph), card);
    }

    /// <summary>Tells bright above from bright below; of a sequence by the mean. A uniform picture is the first class.</summary>
    private sealed class Stripes(int length) : IAffectNetwork
    {
        public string Name => $"stripes {length}";

        public ImmutableArray<string> Classes => ["happiness", "sadness"];

        public int CropSize => 16;

        public int CropChannels => 1;

        public int FeatureLength => 1;

        public int SequenceLength => length;

        public int SummaryLength => 1;

        public LastLayer? LastLayer => null;

        public void Encode(ReadOnlySpan<float> crop, Span<float> features)
        {
            var (above, below) = (0f, 0f);
            for (var i = 0; i < 128; i++)
                (above, below) = (above + crop[i], below + crop[128 + i]);
            features[0] = Probability((above - below) / 128);
        }

        public void Summarise(ReadOnlySpan<float> features, int frames, Span<float> summary)
        {
            summary[0] = 0;
            foreach (var value in features[..frames])
                summary[0] += value / frames;
        }

        public (float Arousal, float Valence) Estimate(ReadOnlySpan<float> summary, Span<float> probabilities)
        {
            (probabilities[0], probabilities[1]) = (summary[0], 1 - summary[0]);
            return (0, 0);
        }

        public void Dispose()
        {
        }

        private static float Probability(float difference) => 1 / (1 + MathF.Exp(-8 * difference));
    }
}
