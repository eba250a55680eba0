using FerRos.Inference;
using FerRos.Networks;

namespace FerRos.Perception.Tests;

/// <summary>The whole way of a picture with the real networks, on a portrait that ships with the project.</summary>
public class PerceptionPipelineTests
{
    private const long Frame = 33_333_333;

    [Fact]
    public void A_smiling_portrait_shows_one_happy_face_where_it_is()
    {
        using PerceptionPipeline pipeline = Models.Pipeline();
        PerceptionResult result = pipeline.Process(Png.Read(Repository.Asset("astronaut.png")).ToFrame(stamp: 7));
        result.Stamp.ShouldBe(7);
        result.Count.ShouldBe(1);
        AffectEstimate face = result.Faces[0];
        // Read off the picture by hand.
        face.Keypoints.RightEye.X.ShouldBe(203.5f, 3);
        face.Keypoints.RightEye.Y.ShouldBe(101, 3);
        face.Keypoints.LeftEye.X.ShouldBe(247.5f, 3);
        face.Keypoints.LeftEye.Y.ShouldBe(103, 3);
        face.Keypoints.Mouth.X.ShouldBe(224, 8);
        face.Keypoints.Mouth.Y.ShouldBe(145, 8);
        face.Expression.ShouldBe("happiness");
        face.Confidence.ShouldBeGreaterThan(0.8f);
        face.Valence.ShouldBeGreaterThan(0.5f);
        face.Arousal.ShouldBeGreaterThan(0.3f);
        face.SequenceLength.ShouldBe(1);
        face.Probabilities.ToArray().Sum().ShouldBe(1, 1e-4f);
        result.TrackedIds.ToArray().ShouldBe([face.FaceId]);
        result.Times.Total.ShouldBeGreaterThan(TimeSpan.Zero);
    }

    [Theory]
    [InlineData("bgr8")]
    [InlineData("rgba8")]
    [InlineData("bgra8")]
    [InlineData("mono8")]
    [InlineData("mono16")]
    [InlineData("yuyv")]
    [InlineData("uyvy")]
    [InlineData("nv12")]
    [InlineData("nv21")]
    [InlineData("bayer_rggb8")]
    [InlineData("bayer_grbg8")]
    public void Every_encoding_of_the_same_picture_shows_the_same_face(string encoding)
    {
        using PerceptionPipeline pipeline = Models.Pipeline();
        Picture portrait = Png.Read(Repository.Asset("astronaut.png"));
        AffectEstimate plain = pipeline.Process(portrait.ToFrame()).Faces[0];
        BoundingBox box = plain.Box;
        string expression = plain.Expression;
        float confidence = plain.Confidence;

        pipeline.Reset();
        PerceptionResult result = pipeline.Process(Encoded.As(encoding, portrait));
        result.Count.ShouldBe(1);
        result.Faces[0].Box.IntersectionOverUnion(box).ShouldBeGreaterThan(0.85f);
        result.Faces[0].Expression.ShouldBe(expression);
        result.Faces[0].Confidence.ShouldBe(confidence, 0.1f);
    }

    [Fact]
    public void Two_faces_are_seen_with_two_steady_ids_and_an_empty_picture_gives_an_empty_list()
    {
        using PerceptionPipeline pipeline = Models.Pipeline();
        PerceptionResult result = pipeline.Process(Wall.Frame(640, 480, 0, (0, 60, 1.3), (330, 80, 1.2)));
        result.Count.ShouldBe(2);
        string[] ids = [.. result.Faces.ToArray().Select(f => f.FaceId)];
        for (int i = 1; i < 6; i++)
        {
            result = pipeline.Process(Wall.Frame(640, 480, i * Frame, (2 * i, 60, 1.3), (330, 80 + i, 1.2)));
            result.Faces.ToArray().Select(f => f.FaceId).ShouldBe(ids);
        }

        result = pipeline.Process(Wall.Frame(640, 480, 6 * Frame));
        result.Count.ShouldBe(0);
        result.TrackedIds.ToArray().ShouldBe(ids, ignoreOrder: true);
    }

    [Fact]
    public void A_face_that_walks_away_is_followed_beyond_where_it_would_be_found()
    {
        using PerceptionPipeline pipeline = Models.Pipeline();
        using FaceDetector alone = Models.Detector();
        string? id = null;
        // From 100 pixels to 45, in steps of 3 %.
        for (int i = 0; i < 28; i++)
        {
            double scale = 1.15 * Math.Pow(0.97, i);
            PerceptionResult result = pipeline.Process(Wall.Frame(640, 480, i * Frame, ((int)(320 - (115 * scale)), (int)(240 - (110 * scale)), scale)));
            result.Count.ShouldBe(1, $"scale {scale}");
            (id ??= result.Faces[0].FaceId).ShouldBe(result.Faces[0].FaceId);
        }

        alone.Detect(Wall.Frame(640, 480, 0, (260, 190, 0.5))).Length.ShouldBe(0);
    }

    [Fact]
    public void A_close_look_finds_the_points_where_they_are_also_when_the_face_is_small()
    {
        using PerceptionPipeline pipeline = Models.Pipeline(new PerceptionOptions { Detector = DetectorRange.FullRange });
        foreach (double scale in (double[])[2.0, 1.2, 0.8])
        {
            pipeline.Reset();
            PerceptionResult result = pipeline.Process(Wall.Frame(640, 480, 0, (100, 10, scale)));
            result.Count.ShouldBe(1);
            FaceKeypoints points = result.Faces[0].Keypoints;
            // Read off the portrait by hand; its head starts at column 110.
            double tolerance = 0.04 * 110 * scale;
            ((double)points.RightEye.X).ShouldBe(100 + (93.5 * scale), tolerance);
            ((double)points.RightEye.Y).ShouldBe(10 + (101 * scale), tolerance);
            ((double)points.LeftEye.X).ShouldBe(100 + (137.5 * scale), tolerance);
            ((double)points.LeftEye.Y).ShouldBe(10 + (103 * scale), tolerance);
        }
    }

    [Fact]
    public void A_face_smaller_than_asked_for_is_left_out()
    {
        using PerceptionPipeline pipeline = Models.Pipeline(new PerceptionOptions { MinFaceSize = 150 });
        PerceptionResult result = pipeline.Process(Png.Read(Repository.Asset("astronaut.png")).ToFrame());
        result.Count.ShouldBe(0);
        result.DetectionCount.ShouldBe(0);
    }

    [Fact]
    public void A_picture_of_a_single_pixel_or_without_a_face_gives_no_face()
    {
        using PerceptionPipeline pipeline = Models.Pipeline();
        var frame = new ImageFrame();
        frame.Load("mono8", 1, 1, 1, false, [128]);
        pipeline.Process(frame).Count.ShouldBe(0);
        frame.Load("rgb8", 640, 480, 1920, false, ImageFrameTests.Noise(640 * 480 * 3), Frame);
        pipeline.Process(frame).Count.ShouldBe(0);
    }

    [Fact]
    public void The_same_seed_and_pictures_give_the_same_result()
    {
        using PerceptionPipeline first = Models.Pipeline(seed: 9);
        using PerceptionPipeline second = Models.Pipeline(seed: 9);
        ImageFrame frame = Png.Read(Repository.Asset("astronaut.png")).ToFrame();
        AffectEstimate a = first.Process(frame).Faces[0];
        AffectEstimate b = second.Process(frame).Faces[0];
        (b.FaceId, b.Box, b.Keypoints, b.Confidence).ShouldBe((a.FaceId, a.Box, a.Keypoints, a.Confidence));
    }

    [Fact]
    public void Processing_allocates_nothing_once_warm()
    {
        using PerceptionPipeline pipeline = Models.Pipeline();
        byte[][] film = [.. Enumerable.Range(0, 24).Select(i => Wall.With(640, 480, (140 + i, 30, 1.2)))];
        var frame = new ImageFrame();
        long shown = 0;
        int Show(int i)
        {
            frame.Load("rgb8", 640, 480, 640 * 3, false, film[i], shown++ * Frame);
            return pipeline.Process(frame).Count;
        }

        for (int i = 0; i < 12; i++)
            Show(i).ShouldBe(1);
        Allocations.Least(() =>
        {
            for (int i = 12; i < 24; i++)
                Show(i);
        }).ShouldBe(0);
    }

    [Fact]
    public void A_stamp_that_goes_back_gives_the_face_a_new_id()
    {
        using PerceptionPipeline pipeline = Models.Pipeline();
        string before = pipeline.Process(Wall.Frame(640, 480, 100 * Frame, (160, 30, 1.2))).Faces[0].FaceId;
        pipeline.Process(Wall.Frame(640, 480, Frame, (160, 30, 1.2))).Faces[0].FaceId.ShouldNotBe(before);
        pipeline.Restarts.ShouldBe(1);
    }

    [Fact]
    public void A_detector_other_than_the_one_asked_for_is_refused()
    {
        using FaceDetector detector = Models.Detector();
        using FrameAffectNetwork network = Models.AffectNetwork();
        Should.Throw<InvalidOptionException>(
            () => new PerceptionPipeline(new PerceptionOptions { Detector = DetectorRange.FullRange }, detector, network))
            .Parameter.ShouldBe("detector");
    }

    [Fact]
    public void A_network_that_is_no_detector_is_refused()
    {
        using var detector = new SilentRunner(Models.Directory().Load(Models.Affect).Network);
        Should.Throw<ArgumentException>(() => new FaceDetector(detector)).Message.ShouldContain("not a face detector");
    }

    [Fact]
    public void A_change_of_expression_shows_within_a_second()
    {
        // A network that is certain of one class, then of another, at 30 pictures a second.
        using var network = new ScriptedNetwork();
        var estimator = new AffectEstimator(network, new FaceAligner(), TimeSpan.FromSeconds(0.5), new PerceptionOptions().Smoothing);
        var estimate = new AffectEstimate();
        var face = new TrackedFace("fabcd", 0, default, default, 0.9f, 0);
        for (int i = 0; i < 30; i++)
        {
            network.Class = 0;
            estimator.Estimate(i * Frame, face, estimate);
        }

        estimate.Expression.ShouldBe("neutral");
        estimate.Confidence.ShouldBe(1, 1e-3f);
        int changed = -1;
        for (int i = 30; i < 60; i++)
        {
            network.Class = 1;
            estimator.Estimate(i * Frame, face, estimate);
            if (changed < 0 && estimate.Expression == "happiness")
                changed = i - 30;
        }

        changed.ShouldBeInRange(1, 10);
        estimate.Confidence.ShouldBeGreaterThan(0.98f);
        estimate.Valence.ShouldBe(0.81f, 0.02f);

        // A single deviating picture does not change the class.
        network.Class = 4;
        estimator.Estimate(60 * Frame, face, estimate);
        estimate.Expression.ShouldBe("happiness");
    }

    [Fact]
    public void The_history_of_a_face_is_not_passed_on_to_the_next_one_in_its_place()
    {
        using var network = new ScriptedNetwork();
        var estimator = new AffectEstimator(network, new FaceAligner(), TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(5));
        var estimate = new AffectEstimate();
        estimator.Estimate(0, new TrackedFace("fabcd", 3, default, default, 0.9f, 0), estimate);
        network.Class = 1;
        estimator.Estimate(Frame, new TrackedFace("fefgh", 3, default, default, 0.9f, 0), estimate);
        estimate.Confidence.ShouldBe(1);
        estimate.Expression.ShouldBe("happiness");
    }

    private sealed class SilentRunner(NetworkGraph network) : INetworkRunner
    {
        public NetworkGraph Network { get; } = network;

        public string Device => "none";

        public void Run(ReadOnlySpan<float> input)
        {
        }

        public ReadOnlySpan<float> Output(string name) => [];

        public void Dispose()
        {
        }
    }

    private sealed class ScriptedNetwork : IAffectNetwork
    {
        public int Class { get; set; }

        public string Name => "scripted";

        public System.Collections.Immutable.ImmutableArray<string> Classes => Expressions.FerPlus;

        public int CropSize => 8;

        public int CropChannels => 1;

        public int FeatureLength => 8;

        public int SequenceLength => 1;

        public int SummaryLength => 8;

        public LastLayer? LastLayer => null;

        public void Encode(ReadOnlySpan<float> crop, Span<float> features)
        {
            features.Clear();
            features[Class] = 1;
        }

        public void Summarise(ReadOnlySpan<float> features, int frames, Span<float> summary) => features.CopyTo(summary);

        public (float Arousal, float Valence) Estimate(ReadOnlySpan<float> summary, Span<float> probabilities)
        {
            summary.CopyTo(probabilities);
            return (float.NaN, float.NaN);
        }

        public void Dispose()
        {
        }
    }
}
