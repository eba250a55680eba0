using FerRos.Networks;
using FerRos.Torch;
using Shouldly;
using Xunit;

namespace FerRos.Training.Tests;

public class TeachingTests
{
    [Fact]
    public void Targets_move_toward_what_the_teacher_sees_by_its_share()
    {
        var dataset = Faces.Stripes(10);
        var network = AugmentationTests.Small();
        using var module = new TorchModule(network);
        module.Initialize(1);
        var weights = module.Save();
        var seen = Evaluator.Predict(dataset, () => Inference.CpuRunner.Create(network, weights), 1, mirrored: true, TestContext.Current.CancellationToken);

        var taught = Teaching.Mix(dataset, [(network, weights), (network, weights)], 0.25, 2, TestContext.Current.CancellationToken);
        for (var i = 0; i < 10; i++)
        {
            taught.Samples[i].Expression.ShouldBe(dataset.Samples[i].Expression);
            for (var c = 0; c < 2; c++)
                taught.Samples[i].Target[c].ShouldBe((0.75f * dataset.Samples[i].Target[c]) + (0.25f * seen.Of(i)[c]), 1e-5f);

            // happiness lies at valence 0.81, sadness at -0.63.
            taught.Samples[i].Valence.ShouldBe((0.81f * taught.Samples[i].Target[0]) - (0.63f * taught.Samples[i].Target[1]), 1e-4f);
        }

        Should.Throw<ArgumentException>(() => Teaching.Mix(dataset, [], 0.5, 1, TestContext.Current.CancellationToken));
        Should.Throw<ArgumentException>(() => Teaching.Mix(dataset, [(network, weights)], 1.5, 1, TestContext.Current.CancellationToken)).Message.ShouldContain("1.5");
        var other = Zoo.Create("arch-1", new ZooOptions { InputSize = 16 });
        using var stranger = new TorchModule(other);
        Should.Throw<DatasetException>(() => Teaching.Mix(dataset, [(other, stranger.Save())], 0.5, 1, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Mixup_blends_pictures_and_labels_alike_and_loses_nothing()
    {
        var dataset = Faces.Stripes(16);
        async Task<Batch> Only(double mixup)
        {
            await using var loader = new BatchLoader(
                dataset, new StillInputs(dataset, AugmentationTests.Small(), AugmentationOptions.None), 1, 0, 16, 0, 1, [], mixup);
            await foreach (var batch in loader.ReadAsync(TestContext.Current.CancellationToken))
                return batch;
            throw new InvalidOperationException("no batch");
        }

        var (plain, mixed) = (await Only(0), await Only(0.4));
        var shares = new List<double>();
        for (int i = 0, j = 15; i < j; i++, j--)
        {
            // Each pair's sum stays; the share that the labels say is the one of the pictures.
            for (var p = 0; p < 256; p++)
                (mixed.Inputs[(i * 256) + p] + mixed.Inputs[(j * 256) + p]).ShouldBe(plain.Inputs[(i * 256) + p] + plain.Inputs[(j * 256) + p], 1e-5f);
            double Share(float[] values, int width, int at) =>
                (mixed.Of(values, width, i, at) - plain.Of(values == mixed.Inputs ? plain.Inputs : plain.Valence, width, j, at))
                / (plain.Of(values == mixed.Inputs ? plain.Inputs : plain.Valence, width, i, at) - plain.Of(values == mixed.Inputs ? plain.Inputs : plain.Valence, width, j, at));
            var brightest = Enumerable.Range(0, 256).MaxBy(p => Math.Abs(plain.Inputs[(i * 256) + p] - plain.Inputs[(j * 256) + p]));
            var share = Share(mixed.Inputs, 256, brightest);
            share.ShouldBeInRange(0, 1);
            shares.Add(share);
            if (plain.Valence[i] != plain.Valence[j])
                Share(mixed.Valence, 1, 0).ShouldBe(share, 1e-4);
        }

        shares.ShouldAllBe(s => Math.Abs(s - shares[0]) < 1e-4);
        Math.Abs(shares[0] - 1).ShouldBeGreaterThan(1e-6);
    }

    [Fact]
    public void Augmentations_are_set_by_name()
    {
        var options = new AugmentationOptions().With(["roll=3.5", "cutout-share=0"]);
        options.ShouldBe(new AugmentationOptions { Roll = 3.5, CutoutShare = 0 });
        foreach (var name in AugmentationOptions.Names.Split(", "))
            new AugmentationOptions().With([$"{name}=0.123"]).ShouldNotBe(new AugmentationOptions(), name);
        Should.Throw<ArgumentException>(() => options.With(["rolls=1"])).Message.ShouldContain("'rolls'");
        Should.Throw<ArgumentException>(() => options.With(["roll"])).Message.ShouldContain("name=number");
        Should.Throw<ArgumentException>(() => options.With(["roll=many"])).Message.ShouldContain("'roll=many'");
    }
}

internal static class BatchValues
{
    internal static double Of(this Batch batch, float[] values, int width, int sample, int at) => values[(sample * width) + at];
}
