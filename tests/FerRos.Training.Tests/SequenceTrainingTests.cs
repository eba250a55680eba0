using FerRos.Inference;
using FerRos.Networks;
using Shouldly;
using Xunit;

namespace FerRos.Training.Tests;

public class SequenceTrainingTests
{
    private static readonly ZooOptions Small = new() { Classes = 2, InputSize = 16, InputChannels = 1 };

    private static readonly TrainingOptions Options = new()
    {
        Network = "facechannels-joint", InputSize = 16, Epochs = 2, BatchSize = 8, Threads = 1, LoaderThreads = 2, LearningRate = 3e-3, Dropout = 0, Average = null,
        Seed = 3, Films = new FilmOptions { Renditions = 2, CleanShare = 0.5 },
    };

    [Fact]
    public async Task The_recurrent_part_learns_over_an_encoder_that_stays_as_it_is()
    {
        using var folder = new TemporaryFolder();
        var options = Options with { Epochs = 12, InitialWeights = Encoder(folder) };
        var outcome = await Trainer(options, folder["run"]).RunAsync(resume: false, cancellation: TestContext.Current.CancellationToken);
        outcome.Network.SequenceLength.ShouldBe(10);
        outcome.Weights.Check(outcome.Network);
        var encoder = WeightSet.Load(options.InitialWeights);
        foreach (var parameter in outcome.Network.FrameEncoder().Parameters)
            outcome.Weights[parameter.Name].Values.SequenceEqual(encoder[parameter.Name].Values).ShouldBeTrue(parameter.Name);
        outcome.History[^1].TrainLoss.ShouldBeLessThan(0.8 * outcome.History[0].TrainLoss);
        outcome.BestScore.ShouldBeGreaterThan(0.8);

        // What was measured in libtorch on features is what the whole network says in our engine on the same films.
        var held = Faces.Stripes(24, seed: 2);
        using var runner = SequenceRunner.Create(outcome.Network, outcome.Weights);
        var film = new StillSequence(options.Films.Film, 10, 16, 16);
        var right = 0;
        for (var i = 0; i < held.Samples.Length; i++)
        {
            film.Draw(StillSequence.Seed(options.Seed + 1, 0, i));
            var features = new float[10 * runner.FeatureLength];
            var frame = new float[256];
            for (var step = 0; step < 10; step++)
            {
                film.Render(held.Pictures[held.Samples[i].Picture], held.Pictures.Size, step, frame);
                runner.Encode(frame, features.AsSpan(step * runner.FeatureLength, runner.FeatureLength));
            }

            runner.Run(features);
            var probabilities = runner.Output("expression");
            right += (probabilities[0] > probabilities[1] ? 0 : 1) == held.Samples[i].Expression ? 1 : 0;
        }

        ((double)right / held.Samples.Length).ShouldBe(outcome.BestScore, 1.01 / held.Samples.Length);
    }

    [Fact]
    public async Task A_run_on_films_goes_on_bit_for_bit()
    {
        using var folder = new TemporaryFolder();
        var options = Options with { InitialWeights = Encoder(folder) };
        var whole = await Trainer(options, folder["whole"]).RunAsync(resume: false, cancellation: TestContext.Current.CancellationToken);
        using var stop = new CancellationTokenSource();
        await Trainer(options, folder["parts"]).RunAsync(
            resume: false,
            p =>
            {
                if (p is { Epoch: 2, Batch: 2 })
                    stop.Cancel();
            },
            cancellation: stop.Token);
        var last = await Trainer(options with { LoaderThreads = 1 }, folder["parts"]).RunAsync(resume: true, cancellation: TestContext.Current.CancellationToken);
        foreach (var (name, tensor) in whole.Weights.Tensors)
            last.Weights[name].Values.SequenceEqual(tensor.Values).ShouldBeTrue(name);
    }

    [Fact]
    public void Films_have_the_same_features_on_any_number_of_threads()
    {
        using var folder = new TemporaryFolder();
        var (network, encoder) = (Zoo.Create(Options.Network, Small), WeightSet.Load(Encoder(folder)));
        float[] Features(int threads)
        {
            var films = FilmFeatures.Encode(Faces.Stripes(12), network, encoder, Options.Films, 2, 4, threads, null, CancellationToken.None);
            var (writer, all) = (films.CreateWriter(), new float[12 * films.Length]);
            for (var i = 0; i < 12; i++)
                writer.Write(i, 10, null, all.AsSpan(i * films.Length)).ShouldBe(films.Length);
            return all;
        }

        var one = Features(1);
        one.ShouldContain(v => v != 0);
        Features(3).ShouldBe(one);
    }

    [Fact]
    public void A_sequence_network_needs_the_weights_of_a_frame_network()
    {
        using var folder = new TemporaryFolder();
        Should.Throw<TrainingException>(() => Trainer(Options, folder.Path)).Message.ShouldContain("frame network");
        Should.Throw<TrainingException>(() => Trainer(Options with { InitialWeights = "x", BatchNormalization = true }, folder.Path)).Message.ShouldContain("convolutions");
    }

    /// <summary>Weights of a frame network as they come out of nowhere: enough for a face that is bright above or below.</summary>
    private static string Encoder(TemporaryFolder folder)
    {
        using var module = new FerRos.Torch.TorchModule(Zoo.Create("affwild2-frame-joint", Small));
        module.Initialize(1, he: true);
        var path = folder["encoder.safetensors"];
        module.Save().Save(path);
        return path;
    }

    private static Trainer Trainer(TrainingOptions options, string folder) => new(options, Faces.Stripes(64, seed: 1), Faces.Stripes(24, seed: 2), folder);
}
