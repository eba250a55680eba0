using System.Xml.Linq;
using FerRos.Inference;
using FerRos.Networks;
using FerRos.Training.Commands;
using Shouldly;
using Xunit;

namespace FerRos.Training.Tests;

public class TrainerTests
{
    /// <summary>Small enough for a test.</summary>
    private static readonly TrainingOptions Options = new()
    {
        Network = "arch-1", InputSize = 16, Epochs = 3, BatchSize = 8, Threads = 1, LoaderThreads = 2, LearningRate = 4e-3, Average = 0.9, Seed = 5,
        Augmentation = new AugmentationOptions { BlurShare = 0.3, NoiseShare = 0.3 },
    };

    [Fact]
    public async Task A_network_learns_what_can_be_learnt()
    {
        using var folder = new TemporaryFolder();

        // Keras's running statistics take some 300 steps to arrive.
        var outcome = await Trainer(Options with { Epochs = 20, BatchSize = 4 }, folder.Path).RunAsync(resume: false, cancellation: TestContext.Current.CancellationToken);
        outcome.Finished.ShouldBeTrue();
        outcome.History.Length.ShouldBe(20);
        outcome.BestScore.ShouldBeGreaterThan(0.95);
        outcome.History[^1].TrainLoss.ShouldBeLessThan(outcome.History[0].TrainLoss);

        // The weights that were kept have the score that they were kept for, in the other engine too.
        var held = Faces.Stripes(24, seed: 2);
        Evaluator.Predict(held, () => CpuRunner.Create(outcome.Network, outcome.Weights), 1, cancellation: TestContext.Current.CancellationToken)
            .Measure(held, "best", draws: 0).Accuracy!.Value.ShouldBe(outcome.BestScore, 1e-9);
    }

    [Fact]
    public async Task A_run_that_broke_off_goes_on_bit_for_bit()
    {
        using var folder = new TemporaryFolder();
        var whole = await Trainer(Options, folder["whole"]).RunAsync(resume: false, cancellation: TestContext.Current.CancellationToken);

        // Stopped in the middle of the second epoch, as SIGTERM does; then killed in the third, after its last checkpoint.
        using var stop = new CancellationTokenSource();
        var first = await Trainer(Options, folder["parts"]).RunAsync(
            resume: false, p => Stop(p is { Epoch: 2, Batch: 3 }, stop), cancellation: stop.Token);
        first.Finished.ShouldBeFalse();
        first.History.Length.ShouldBe(1);
        await Should.ThrowAsync<InvalidOperationException>(() => Trainer(Options with { CheckpointInterval = TimeSpan.Zero }, folder["parts"]).RunAsync(
            resume: true, p => _ = p is { Epoch: 3, Batch: 5 } ? throw new InvalidOperationException("killed") : p));
        var last = await Trainer(Options, folder["parts"]).RunAsync(resume: true, cancellation: TestContext.Current.CancellationToken);

        last.Finished.ShouldBeTrue();
        last.BestScore.ShouldBe(whole.BestScore);
        last.History.Select(e => e with { Seconds = 0 }).ShouldBe(whole.History.Select(e => e with { Seconds = 0 }));
        foreach (var (name, tensor) in whole.Weights.Tensors)
            last.Weights[name].Values.SequenceEqual(tensor.Values).ShouldBeTrue(name);
        var (a, b) = (WeightSet.Load(folder["whole/checkpoint.safetensors"]), WeightSet.Load(folder["parts/checkpoint.safetensors"]));
        a.Tensors.Count.ShouldBe(b.Tensors.Count);
        a.Tensors.Keys.ShouldContain(k => k.StartsWith("average/", StringComparison.Ordinal));
        foreach (var (name, tensor) in a.Tensors)
            b[name].Values.SequenceEqual(tensor.Values).ShouldBeTrue(name);
    }

    [Fact]
    public async Task A_checkpoint_of_another_run_or_a_damaged_one_is_refused()
    {
        using var folder = new TemporaryFolder();
        await Trainer(Options with { Epochs = 1 }, folder.Path).RunAsync(resume: false, cancellation: TestContext.Current.CancellationToken);
        var other = await Should.ThrowAsync<TrainingException>(() => Trainer(Options with { Epochs = 1, Seed = 6 }, folder.Path).RunAsync(resume: true));
        other.Message.ShouldContain("other options");

        var path = folder[FerRos.Training.Trainer.CheckpointFile];
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..1000]);
        (await Should.ThrowAsync<TrainingException>(() => Trainer(Options with { Epochs = 1 }, folder.Path).RunAsync(resume: true)))
            .Message.ShouldContain("damaged");
    }

    [Fact]
    public async Task Added_batch_normalisation_folds_away_into_the_authors_network()
    {
        using var folder = new TemporaryFolder();
        var options = Options with { Network = "affwild2-frame-expression", InputSize = 16, BatchNormalization = true, Epochs = 2, LearningRate = 1e-3, Dropout = 0.1 };
        var outcome = await Trainer(options, folder.Path).RunAsync(resume: false, cancellation: TestContext.Current.CancellationToken);
        outcome.Network.Layers.ShouldNotContain(l => l.Operation is BatchNormalization);
        outcome.Weights.Check(outcome.Network);

        // The score was measured with the normalisations still in it.
        var held = Faces.Stripes(24, seed: 2);
        Evaluator.Predict(held, () => CpuRunner.Create(outcome.Network, outcome.Weights), 1, cancellation: TestContext.Current.CancellationToken)
            .Measure(held, "folded", draws: 0).Accuracy!.Value.ShouldBe(outcome.BestScore, 1e-9);
    }

    [Fact]
    public async Task Only_the_last_layers_train_when_asked_to()
    {
        using var folder = new TemporaryFolder();
        var options = Options with { Network = "facechannel-v1-av", InputSize = 16, Epochs = 1, TrainLayers = ["last"], Average = null };
        var network = Zoo.Create(options.Network, new ZooOptions { InputSize = 16, InputChannels = 1 });
        var before = await Trainer(options with { LearningRate = 1e-12 }, folder["still"]).RunAsync(resume: false, cancellation: TestContext.Current.CancellationToken);
        var after = await Trainer(options, folder["moved"]).RunAsync(resume: false, cancellation: TestContext.Current.CancellationToken);
        foreach (var name in after.Weights.Tensors.Keys)
        {
            var moved = !after.Weights[name].Values.SequenceEqual(before.Weights[name].Values);
            moved.ShouldBe(network.LastLayers.Layers.Contains(name.Split('/')[0]), name);
        }

        Should.Throw<TrainingException>(() => Trainer(options with { TrainLayers = ["nowhere"] }, folder.Path).RunAsync(false).GetAwaiter().GetResult())
            .Message.ShouldContain("'nowhere'");
    }

    [Fact]
    public async Task A_run_starts_from_given_weights_and_stops_early_when_nothing_improves()
    {
        using var folder = new TemporaryFolder();
        var first = await Trainer(Options with { Epochs = 4 }, folder["first"]).RunAsync(resume: false, cancellation: TestContext.Current.CancellationToken);
        first.Weights.Save(folder["start.safetensors"]);
        var head = first.Network.Layers.Last(l => !l.Parameters.IsEmpty).Name;
        var second = await Trainer(
                Options with
                {
                    Epochs = 50, LearningRate = 1e-12, Schedule = ScheduleKind.Constant, WeightDecay = 0, EarlyStop = 2, Average = null, TrainLayers = [head],
                    InitialWeights = folder["start.safetensors"],
                },
                folder["second"])
            .RunAsync(resume: false, cancellation: TestContext.Current.CancellationToken);
        second.Finished.ShouldBeTrue();
        second.History.Length.ShouldBeLessThan(50);
        second.BestScore.ShouldBe(first.BestScore);
    }

    [Fact]
    public void What_cannot_be_trained_is_refused_before_anything_runs()
    {
        using var folder = new TemporaryFolder();
        Should.Throw<NetworkException>(() => Trainer(Options with { Network = "nothing" }, folder.Path)).Message.ShouldContain("'nothing'");
        Should.Throw<TrainingException>(() => Trainer(Options with { Network = "facechannels-joint", InputSize = null }, folder.Path)).Message.ShouldContain("sequences");
        var unrated = Faces.Stripes(4);
        unrated = unrated.With(unrated.Samples.Select(s => s with { Arousal = float.NaN }));
        Should.Throw<TrainingException>(() => new Trainer(Options with { Network = "facechannel-v1-av" }, unrated, unrated, folder.Path)).Message.ShouldContain("arousal");
        Should.Throw<TrainingException>(() => new Trainer(Options, unrated.With([]), unrated, folder.Path)).Message.ShouldContain("no samples");
    }

    [Fact]
    public async Task The_commands_train_and_evaluate_from_a_folder_of_pictures()
    {
        using var folder = new TemporaryFolder();
        for (var i = 0; i < 60; i++)
        {
            Faces.WritePicture(folder[$"data/happiness/{i:000}.png"], 20, 20, (byte)(150 + i));
            Faces.WritePicture(folder[$"data/sadness/{i + 100:000}.png"], 20, 20, (byte)(20 + i));
        }

        File.WriteAllText(folder["data/sadness/999.png"], "damaged");
        var (code, output) = await Invoke(
            TrainCommand.Create(), "--network", "arch-1", "--data", folder["data"], "--out", folder["run"], "--name", "small", "--input-size", "16", "--epochs", "3",
            "--batch", "8", "--threads", "1", "--no-augmentation");
        output.ShouldContain("1 left out, the picture is damaged: sadness/999.png");
        code.ShouldBe(0, output);
        File.ReadAllLines(folder["run/history.csv"]).Length.ShouldBe(4);
        XDocument.Load(folder["run/learning-curves.svg"]).Root!.Name.LocalName.ShouldBe("svg");
        XDocument.Load(folder["run/confusion.svg"]).Descendants().Count(d => d.Name.LocalName == "rect").ShouldBe(5);
        var model = new ModelDirectory(folder["run"]).Load("small");
        model.Card.Classes.ShouldBe(["happiness", "sadness"]);
        model.Card.Command.ShouldNotBeNull().ShouldContain("--epochs 3");

        (code, output) = await Invoke(
            EvaluateCommand.Create(), "--weights", folder["run/small.safetensors"], "--data", folder["data"], "--json", "--draws", "50", "--mirrored");
        code.ShouldBe(0, output);
        output.ShouldContain("\"samples\": 120");
        (code, output) = await Invoke(EvaluateCommand.Create(), "--weights", folder["gone.safetensors"], "--data", folder["data"]);
        code.ShouldBe(2);
        output.ShouldContain("gone.safetensors");
    }

    [Fact]
    public async Task Networks_and_summary_show_exact_counts()
    {
        var (code, output) = await Invoke(NetworksCommand.Create(), "--notes");
        code.ShouldBe(0);
        foreach (var entry in Zoo.Entries)
            output.ShouldContain(entry.Name);
        output.ShouldContain("3,593,296");
        (code, output) = await Invoke(SummaryCommand.Create(), "arch-1");
        code.ShouldBe(0);
        output.ShouldContain("Total parameters: 293,951");
        (code, output) = await Invoke(SummaryCommand.Create(), "arch-9");
        code.ShouldBe(2);
        output.ShouldContain("arch-9");
    }

    [Fact]
    public void Labels_follow_the_order_of_the_network()
    {
        var dataset = Faces.Stripes(4);
        var turned = EvaluateCommand.Relabelled(dataset, ["sadness", "anger", "happiness"]);
        turned.Samples.Select(s => s.Expression).ShouldBe([2, 0, 2, 0]);
        turned.Samples[0].Target.ShouldBe([0.1f, 0, 0.9f]);
        EvaluateCommand.Relabelled(dataset, ["neutral", "sadness"]).Samples.Length.ShouldBe(2);
        Should.Throw<DatasetException>(() => EvaluateCommand.Relabelled(dataset, ["anger"]));
    }

    private static Trainer Trainer(TrainingOptions options, string folder) => new(options, Faces.Stripes(64), Faces.Stripes(24, seed: 2), folder);

    private static void Stop(bool now, CancellationTokenSource source)
    {
        if (now)
            source.Cancel();
    }

    private static async Task<(int Code, string Output)> Invoke(System.CommandLine.Command command, params string[] arguments)
    {
        using var writer = new StringWriter();
        var code = await command.Parse(arguments).InvokeAsync(new System.CommandLine.InvocationConfiguration { Output = writer, Error = writer });
        return (code, writer.ToString());
    }
}
