using System.Text.Json;
using FerRos.Networks;
using FerRos.Networks.Tests;
using FerRos.Perception;
using FerRos.Training.Commands;
using Shouldly;
using Xunit;

namespace FerRos.Training.Tests;

public sealed class CrossValidationTests
{
    private static readonly TrainingOptions Options = new()
    {
        Network = "arch-1", InputSize = 16, Epochs = 2, BatchSize = 8, LearningRate = 3e-3, Threads = 1, LoaderThreads = 1,
    };

    [Fact]
    public async Task Every_picture_is_tested_once_by_a_network_that_never_saw_its_person()
    {
        using var folder = new TemporaryFolder();
        var dataset = Faces.Stripes(84);
        var done = new List<FoldResult>();
        var result = (await new CrossValidation(Options, dataset, 3, null, folder.Path).RunAsync(resume: false, "a command", foldDone: done.Add, cancellation: TestContext.Current.CancellationToken)).ShouldNotBeNull();

        done.Select(f => f.Fold).ShouldBe([1, 2, 3]);
        done.SelectMany(f => f.Predictions).Select(p => p.Key).Order().ShouldBe(dataset.Samples.Select(s => s.Key).Order());
        done.SelectMany(f => f.Subjects).Order().ShouldBe(["0", "1", "2", "3", "4", "5", "6"]);
        foreach (var fold in done)
        {
            fold.HeldBack.Length.ShouldBe(1);
            fold.Subjects.ShouldNotContain(fold.HeldBack[0]);
            fold.Predictions.Select(p => dataset.Samples.Single(s => s.Key == p.Key).Subject).Distinct().Order().ShouldBe(fold.Subjects);
        }

        result.Pooled.Samples.ShouldBe(84);
        result.Subjects.ShouldBe(7);
        result.Pooled.Accuracy!.Value.ShouldBe(done.Sum(f => f.Accuracy * f.Predictions.Length) / 84, 1e-9);
        result.FoldMean.ShouldBe(done.Average(f => f.Accuracy), 1e-9);
        result.FoldDeviation.ShouldBe(Math.Sqrt(done.Sum(f => Math.Pow(f.Accuracy - result.FoldMean, 2)) / 2), 1e-9);
        Directory.GetFiles(folder.Path, "*.safetensors", SearchOption.AllDirectories).ShouldBeEmpty();
        result.ToString().ShouldContain("split by 7 subjects");
        using var json = JsonDocument.Parse(result.ToJson());
        json.RootElement.GetProperty("foldMean").GetDouble().ShouldBe(result.FoldMean);
        File.WriteAllText(folder["result.json"], result.ToJson());
        var read = CrossValidationResult.Load(folder["result.json"]);
        read.Pooled.Accuracy.ShouldBe(result.Pooled.Accuracy);
        read.FoldDeviation.ShouldBe(result.FoldDeviation);
    }

    [Fact]
    public async Task A_stopped_validation_goes_on_after_its_finished_folds_with_the_same_result()
    {
        using var folder = new TemporaryFolder();
        using var other = new TemporaryFolder();
        var dataset = Faces.Stripes(70);
        var whole = (await new CrossValidation(Options, dataset, 2, null, other.Path).RunAsync(false, "", cancellation: TestContext.Current.CancellationToken)).ShouldNotBeNull();

        using var stop = new CancellationTokenSource();
        void InTheSecondFold(int fold, TrainingProgress p)
        {
            if (fold == 2 && p.Batch == 2)
                stop.Cancel();
        }

        (await new CrossValidation(Options, dataset, 2, null, folder.Path).RunAsync(false, "", InTheSecondFold, cancellation: stop.Token)).ShouldBeNull();
        await Should.ThrowAsync<TrainingException>(new CrossValidation(Options with { Epochs = 3 }, dataset, 2, null, folder.Path).RunAsync(true, "", cancellation: TestContext.Current.CancellationToken));
        var done = new List<int>();
        var result = (await new CrossValidation(Options, dataset, 2, null, folder.Path).RunAsync(true, "", foldDone: f => done.Add(f.Fold), cancellation: TestContext.Current.CancellationToken)).ShouldNotBeNull();
        done.ShouldBe([2]);
        result.FoldAccuracies.ShouldBe(whole.FoldAccuracies);
        result.Pooled.CrossEntropy.ShouldBe(whole.Pooled.CrossEntropy);
    }

    [Fact]
    public void Held_back_people_are_a_tenth_and_share_nothing_with_the_others()
    {
        var dataset = Faces.Stripes(210);
        dataset = dataset.With(dataset.Samples.Select((s, i) => s with { Subject = $"S{i % 42}" }));
        var (train, held) = CrossValidation.HoldBackSubjects(dataset);
        held.Samples.Select(s => s.Subject).Distinct().Count().ShouldBe(4);
        train.Samples.Select(s => s.Subject).Intersect(held.Samples.Select(s => s.Subject)).ShouldBeEmpty();
        (train.Samples.Length + held.Samples.Length).ShouldBe(210);
    }

    [Fact]
    public void First_weights_keep_the_columns_of_the_classes_by_name()
    {
        var given = Model("nano-a-232", Expressions.FerPlus);
        var classes = Expressions.FerPlus.Where(c => c != "neutral").Reverse().ToArray();
        var target = Zoo.Create("nano-a-232", new ZooOptions { Classes = 7, InputChannels = 1 });
        var start = CrossValidation.ForClasses(given, target, [.. classes]);
        start.Tensors.Count.ShouldBe(target.Parameters.Length);
        var (from, to) = (given.Weights["expression/kernel"], start["expression/kernel"]);
        to.Shape[^1].ShouldBe(7);
        for (var c = 0; c < 7; c++)
            to.Values[7 + c].ShouldBe(from.Values[8 + Expressions.FerPlus.IndexOf(classes[c])]);

        // A class that the given network does not know: the head starts anew.
        CrossValidation.ForClasses(given, target, ["anger", "disgust", "fear", "happiness", "sadness", "surprise", "boredom"])
            .Tensors.ContainsKey("expression/kernel").ShouldBeFalse();
        Should.Throw<TrainingException>(() => CrossValidation.ForClasses(given, Zoo.Create("arch-1"), ["anger"])).Message.ShouldContain("arch-1");
    }

    [Fact]
    public void Intervals_over_people_are_wider_than_over_pictures_that_repeat_them()
    {
        // Ten people with twenty equal answers each: ten independent ones, not two hundred.
        var dataset = Faces.Stripes(200);
        dataset = dataset.With(dataset.Samples.Select((s, i) => s with { Subject = $"{i / 20}" }));
        var predictions = new Predictions(200, 2, affect: false);
        for (var i = 0; i < 200; i++)
            predictions.Of(i)[i / 20 % 2 == 0 ? dataset.Samples[i].Expression : 1 - dataset.Samples[i].Expression] = 1;
        var single = predictions.Measure(dataset, "m").Accuracy!;
        var grouped = predictions.Measure(dataset, "m", cluster: s => s.Subject).Accuracy!;
        single.Value.ShouldBe(0.5);
        grouped.Value.ShouldBe(0.5);

        // Standard errors: sqrt(0.25 / 200) and sqrt(0.25 / 10).
        (single.High - single.Low).ShouldBe(2 * 1.96 * Math.Sqrt(0.25 / 200), 0.02);
        (grouped.High - grouped.Low).ShouldBe(2 * 1.96 * Math.Sqrt(0.25 / 10), 0.1);
    }

    [Fact]
    public async Task The_command_validates_several_networks_on_a_folder_and_refuses_what_has_no_people()
    {
        using var folder = new TemporaryFolder();
        for (var i = 0; i < 24; i++)
        {
            Faces.WritePicture(folder[$"data/happiness/S{100 + (i % 8):000}_001_{i:00000000}.png"], 20, 20, (byte)(150 + i));
            Faces.WritePicture(folder[$"data/sadness/S{100 + (i % 8):000}_002_{i:00000000}.png"], 20, 20, (byte)(20 + i));
            Faces.WritePicture(folder[$"stills/sadness/{i}.png"], 20, 20, (byte)(20 + i));
        }

        var (code, output) = await CommandLine.Invoke(
            CrossValidateCommand.Create(), "--network", "arch-1,arch-3", "--data", folder["data"], "--out", folder["run"], "--folds", "2", "--epochs", "1",
            "--batch", "8", "--input-size", "16", "--threads", "1");
        code.ShouldBe(0, output);
        output.ShouldContain("arch-1, fold 2/2");
        output.ShouldContain("arch-3 on CK+, 2 folds by subject: 48 samples");
        CrossValidationResult.Load(folder["run/arch-3.json"]).Command.ShouldContain("--folds 2");

        (code, output) = await CommandLine.Invoke(CrossValidateCommand.Create(), "--network", "arch-1", "--data", folder["stills"], "--out", folder["run"]);
        code.ShouldBe(2);
        output.ShouldContain("subject");
        (code, output) = await CommandLine.Invoke(CrossValidateCommand.Create(), "--network", "arch-9", "--data", folder["data"], "--out", folder["run"], "--folds", "2");
        code.ShouldBe(2);
        output.ShouldContain("arch-9");
        (code, output) = await CommandLine.Invoke(
            CrossValidateCommand.Create(), "--network", "arch-1", "--data", folder["data"], "--out", folder["run"], "--init", "models/{network}.safetensors");
        code.ShouldBe(2);
        output.ShouldContain("models/arch-1.safetensors");
    }

    private static Model Model(string network, System.Collections.Immutable.ImmutableArray<string> classes)
    {
        var graph = Zoo.Create(network, new ZooOptions { Classes = classes.Length, InputChannels = 1 });
        var card = new ModelCard
        {
            Network = network, Description = "", Classes = classes, InputSize = graph.InputShape.Height, Color = "gray", Alignment = "FER+", Licence = "none",
        };
        return new Model(network, graph, RandomWeights.For(graph), card);
    }
}
