using System.Collections.Immutable;
using FerRos.Inference;

namespace FerRos.Perception.Tests;

public sealed class AlignedFacePipelineTests : IDisposable
{
    private const long Millisecond = 1_000_000;

    private readonly CountingNetwork _network = new();

    public void Dispose() => _network.Dispose();

    [Fact]
    public void A_crop_of_any_size_fills_the_networks_input()
    {
        using var pipeline = new AlignedFacePipeline(new PerceptionOptions(), _network);
        foreach (int size in new[] { 12, 48, 128, 300 })
        {
            pipeline.Begin(size * 100 * Millisecond, 0, "camera");
            pipeline.TryAdd("f1", LeftToRight(size)).ShouldBeTrue();

            // The crop's brightness rises from left to right; so does the input's, from end to end.
            _network.LastCrop[0].ShouldBeLessThan(0.1f);
            _network.LastCrop[CountingNetwork.Size / 2].ShouldBe(0.5f, 0.1f);
            _network.LastCrop[CountingNetwork.Size - 1].ShouldBeGreaterThan(0.9f);
        }
    }

    [Fact]
    public void Each_face_has_its_own_sequence_and_a_gap_starts_it_afresh()
    {
        using var pipeline = new AlignedFacePipeline(new PerceptionOptions { SequenceGap = TimeSpan.FromSeconds(0.5) }, _network);
        ImageFrame crop = LeftToRight(64);
        for (int i = 1; i <= 4; i++)
        {
            pipeline.Begin(i * 100 * Millisecond, 0, "camera");
            pipeline.TryAdd("f1", crop);
            if (i > 2)
                pipeline.TryAdd("f2", crop);
        }

        Lengths(pipeline).ShouldBe([("f1", 3), ("f2", 2)]);

        pipeline.Begin(1200 * Millisecond, 0, "camera");
        pipeline.TryAdd("f1", crop);
        Lengths(pipeline).ShouldBe([("f1", 1)]);
    }

    [Fact]
    public void No_more_faces_are_estimated_than_allowed()
    {
        using var pipeline = new AlignedFacePipeline(new PerceptionOptions { MaxFaces = 1 }, _network);
        pipeline.Begin(1, 0, "camera");
        pipeline.TryAdd("f1", LeftToRight(64)).ShouldBeTrue();
        pipeline.TryAdd("f2", LeftToRight(64)).ShouldBeFalse();
        pipeline.Result.Count.ShouldBe(1);
        pipeline.Result.DetectionCount.ShouldBe(2);

        pipeline.Apply(new PerceptionOptions { MaxFaces = 2 });
        pipeline.TryAdd("f2", LeftToRight(64)).ShouldBeTrue();
    }

    [Fact]
    public void More_faces_than_there_are_places_push_out_those_that_were_away_longest()
    {
        using var pipeline = new AlignedFacePipeline(new PerceptionOptions(), _network);
        ImageFrame crop = LeftToRight(16);
        for (int i = 0; i < 3 * FaceTracker.Capacity; i++)
        {
            pipeline.Begin(i * Millisecond, 0, "camera");
            pipeline.TryAdd("stays", crop);
            pipeline.TryAdd($"f{i}", crop);
        }

        Lengths(pipeline)[0].ShouldBe(("stays", CountingNetwork.Frames));
    }

    private static (string, int)[] Lengths(AlignedFacePipeline pipeline)
    {
        var lengths = new List<(string, int)>();
        foreach (AffectEstimate face in pipeline.Result.Faces)
            lengths.Add((face.FaceId, face.SequenceLength));
        return [.. lengths];
    }

    private static ImageFrame LeftToRight(int size)
    {
        var pixels = new byte[size * size];
        for (int i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)(255 * (i % size) / (size - 1));
        return new Picture(size, size, 1, pixels).ToFrame();
    }

    /// <summary>Keeps the crop and answers evenly.</summary>
    private sealed class CountingNetwork : IAffectNetwork
    {
        public const int Size = 48;
        public const int Frames = 3;

        public float[] LastCrop { get; private set; } = [];

        public string Name => "counting";

        public ImmutableArray<string> Classes => ["neutral", "happiness"];

        public int CropSize => Size;

        public int CropChannels => 1;

        public int FeatureLength => 1;

        public int SequenceLength => Frames;

        public int SummaryLength => 1;

        public LastLayer? LastLayer => null;

        public void Encode(ReadOnlySpan<float> crop, Span<float> features)
        {
            LastCrop = crop.ToArray();
            features[0] = 1;
        }

        public void Summarise(ReadOnlySpan<float> features, int frames, Span<float> summary) => summary[0] = features.Length;

        public (float Arousal, float Valence) Estimate(ReadOnlySpan<float> summary, Span<float> probabilities)
        {
            probabilities.Fill(0.5f);
            return (0, 0);
        }

        public void Dispose()
        {
        }
    }
}
