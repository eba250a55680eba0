using FerRos.Networks;
using Shouldly;
using Xunit;

namespace FerRos.Training.Tests;

public class AugmentationTests
{
    private static readonly AugmentationOptions Everything = new() { BlurShare = 1, NoiseShare = 1, CutoutShare = 1 };

    [Fact]
    public void A_picture_in_its_own_size_is_itself()
    {
        var picture = Enumerable.Range(0, 64).Select(i => (byte)(i * 4)).ToArray();
        var preparation = new Preparation(Shape.Image(8, 8, 1), DataLayout.ChannelsLast);
        preparation.Sample(picture, 8, Placement.Whole);
        preparation.Plane.ShouldBe(picture.Select(p => p / 255f), 1e-6);
        preparation.Sample(picture, 8, Placement.Whole with { Flip = true });
        preparation.Plane[0].ShouldBe(picture[7] / 255f, 1e-6f);
    }

    [Fact]
    public void Scaling_up_interpolates_between_half_pixel_centres()
    {
        byte[] picture = [0, 255, 0, 255];
        var preparation = new Preparation(Shape.Image(4, 4, 1), DataLayout.ChannelsLast);
        preparation.Sample(picture, 2, Placement.Whole);
        preparation.Plane[..4].ShouldBe([0, 0.25f, 0.75f, 1], 1e-6);
    }

    [Fact]
    public void Shift_moves_right_and_down_roll_turns_clockwise_and_scale_enlarges()
    {
        // A bright dot right of the middle.
        const int Size = 33;
        var picture = new byte[Size * Size];
        picture[(16 * Size) + 24] = 255;
        var preparation = new Preparation(Shape.Image(Size, Size, 1), DataLayout.ChannelsLast);

        (int X, int Y) Dot(Placement placement)
        {
            preparation.Sample(picture, Size, placement);
            var brightest = Array.IndexOf(preparation.Plane, preparation.Plane.Max());
            return (brightest % Size, brightest / Size);
        }

        Dot(Placement.Whole).ShouldBe((24, 16));
        Dot(Placement.Whole with { ShiftX = 3.0 / Size }).ShouldBe((27, 16));
        Dot(Placement.Whole with { ShiftY = -5.0 / Size }).ShouldBe((24, 11));
        Dot(Placement.Whole with { Roll = Math.PI / 2 }).ShouldBe((16, 24));
        Dot(Placement.Whole with { Scale = 1.5 }).ShouldBe((28, 16));
        Dot(Placement.Whole with { Flip = true }).ShouldBe((8, 16));
    }

    [Fact]
    public void Channels_lie_as_the_network_wants_them()
    {
        byte[] picture = [10, 20, 30, 40];
        var last = new Preparation(Shape.Image(2, 2, 3), DataLayout.ChannelsLast);
        var input = new float[12];
        last.Prepare(picture, 2, Placement.Whole, input);
        input[..4].ShouldBe([10 / 255f, 10 / 255f, 10 / 255f, 20 / 255f], 1e-6);
        new Preparation(Shape.Image(2, 2, 3), DataLayout.ChannelsFirst).Prepare(picture, 2, Placement.Whole, input);
        input[..5].ShouldBe([10 / 255f, 20 / 255f, 30 / 255f, 40 / 255f, 10 / 255f], 1e-6);
    }

    [Fact]
    public void Draws_stay_within_the_options_and_use_all_of_them()
    {
        var random = new Random(1);
        var draws = Enumerable.Range(0, 5000).Select(_ => Variation.Draw(new AugmentationOptions(), random)).ToArray();
        draws.Max(d => Math.Abs(d.Placement.Roll)).ShouldBeInRange(14.9 * Math.PI / 180, 15 * Math.PI / 180);
        draws.Min(d => d.Placement.Scale).ShouldBeInRange(0.88, 0.881);
        draws.Max(d => d.Placement.ShiftX).ShouldBeInRange(0.0599, 0.06);
        draws.Average(d => d.Placement.Flip ? 1.0 : 0).ShouldBe(0.5, 0.03);
        draws.Average(d => d.Cutout.Width > 0 ? 1.0 : 0).ShouldBe(0.5, 0.03);
        draws.Average(d => d.Blur > 0 ? 1.0 : 0).ShouldBe(0.1, 0.02);
        draws.Where(d => d.Cutout.Width > 0).ShouldAllBe(d =>
            d.Cutout.Width >= 0.1 && d.Cutout.Width <= 0.35 && d.Cutout.X >= 0 && d.Cutout.X + d.Cutout.Width <= 1);
        draws.Max(d => d.Contrast).ShouldBeInRange(1.29, 1.3);
    }

    [Fact]
    public void Without_augmentation_nothing_happens_and_with_it_values_stay_in_range()
    {
        var dataset = Faces.Stripes(2, size: 24);
        var preparation = new Preparation(Shape.Image(24, 24, 1), DataLayout.ChannelsLast);
        Variation.Draw(AugmentationOptions.None, new Random(5)).Apply(dataset.Pictures[0], 24, preparation);
        preparation.Plane.ShouldBe(dataset.Pictures[0].ToArray().Select(p => p / 255f), 1e-6);

        var different = 0;
        for (var seed = 0; seed < 50; seed++)
        {
            Variation.Draw(Everything, new Random(seed)).Apply(dataset.Pictures[1], 24, preparation);
            preparation.Plane.ShouldAllBe(v => v >= 0 && v <= 1);
            different += preparation.Plane.SequenceEqual(dataset.Pictures[1].ToArray().Select(p => p / 255f)) ? 0 : 1;
        }

        different.ShouldBe(50);
    }

    [Fact]
    public void Blur_keeps_the_mean_and_lowers_the_contrast()
    {
        var picture = new byte[32 * 32];
        new Random(2).NextBytes(picture);
        var preparation = new Preparation(Shape.Image(32, 32, 1), DataLayout.ChannelsLast);
        preparation.Sample(picture, 32, Placement.Whole);
        var (mean, deviation) = Moments(preparation.Plane);
        new Variation(Placement.Whole, 0, 1, 0.05, 0, default, 0, 0).Apply(picture, 32, preparation);
        var (blurredMean, blurredDeviation) = Moments(preparation.Plane);
        blurredMean.ShouldBe(mean, 0.02);

        // White noise under a Gaussian of sigma 1.6 keeps 1 / (2 sqrt(pi) sigma) of its deviation.
        blurredDeviation.ShouldBe(deviation / (2 * Math.Sqrt(Math.PI) * 1.6), 0.02);
    }

    [Fact]
    public void Options_out_of_range_are_refused_by_name()
    {
        new AugmentationOptions().Validate();
        AugmentationOptions.None.Validate();
        Should.Throw<ArgumentException>(() => new AugmentationOptions { Roll = -1 }.Validate()).Message.ShouldContain("Roll");
        Should.Throw<ArgumentException>(() => new AugmentationOptions { Scale = double.NaN }.Validate()).Message.ShouldContain("Scale");
        Should.Throw<ArgumentException>(() => new AugmentationOptions { CutoutLargest = 0.05 }.Validate()).Message.ShouldContain("CutoutLargest");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Batches_are_the_same_with_any_number_of_threads_and_from_any_start(int threads)
    {
        var dataset = Faces.Stripes(70);
        var network = Small();
        var reference = await Read(dataset, network, epoch: 2, first: 0, threads: 1);
        reference.Count.ShouldBe(7);
        (await Read(dataset, network, epoch: 2, first: 0, threads)).ShouldBe(reference);
        (await Read(dataset, network, epoch: 2, first: 4, threads)).ShouldBe(reference[4..]);
        (await Read(dataset, network, epoch: 3, first: 0, threads)).ShouldNotBe(reference);
    }

    [Fact]
    public async Task An_epoch_has_every_sample_once_with_its_own_label()
    {
        var dataset = Faces.Stripes(60);
        await using var loader = new BatchLoader(dataset, new StillInputs(dataset, Small(), AugmentationOptions.None), 1, 0, 10, 0, 2, []);
        var seen = new List<string>();
        await foreach (var batch in loader.ReadAsync(CancellationToken.None))
        {
            for (var i = 0; i < batch.Count; i++)
            {
                var input = batch.Inputs.AsSpan(i * 256, 256).ToArray();
                var sample = dataset.Samples.Single(s => dataset.Pictures[s.Picture].ToArray().Select(p => p / 255f).Zip(input, (a, b) => Math.Abs(a - b)).Max() < 1e-5);
                batch.Targets.AsSpan(i * 2, 2).ToArray().ShouldBe(sample.Target);
                batch.Valence[i].ShouldBe(sample.Valence);
                seen.Add(sample.Key);
            }

            loader.Return(batch);
        }

        seen.Order().ShouldBe(dataset.Samples.Select(s => s.Key).Order());
        seen.ShouldNotBe(dataset.Samples.Select(s => s.Key));
    }

    [Fact]
    public async Task A_loader_that_is_left_early_stops()
    {
        var dataset = Faces.Stripes(200);
        var loader = new BatchLoader(dataset, new StillInputs(dataset, Small(), Everything), 1, 0, 4, 0, 2, []);
        await foreach (var batch in loader.ReadAsync(CancellationToken.None))
            break;
        await loader.DisposeAsync();
    }

    internal static NetworkGraph Small()
    {
        var builder = new NetworkBuilder("small");
        var x = builder.Image(16, 16, 1).Conv2D("conv", 4, activation: Activation.Relu).MaxPool2D("pool").Flatten().Dropout("dropout", 0.2);
        return builder.Build(x.Dense("expression", 2, Activation.Softmax));
    }

    private static async Task<List<string>> Read(FaceDataset dataset, NetworkGraph network, int epoch, int first, int threads)
    {
        await using var loader = new BatchLoader(dataset, new StillInputs(dataset, network, Everything), 9, epoch, 10, first, threads, []);
        var batches = new List<string>();
        await foreach (var batch in loader.ReadAsync(CancellationToken.None))
        {
            batches.Add(string.Join(' ', batch.Inputs.Concat(batch.Targets)));
            loader.Return(batch);
        }

        return batches;
    }

    private static (double Mean, double Deviation) Moments(float[] values)
    {
        var mean = values.Average(v => (double)v);
        return (mean, Math.Sqrt(values.Average(v => (v - mean) * (v - mean))));
    }
}
