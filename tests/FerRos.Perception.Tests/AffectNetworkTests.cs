using FerRos.Inference;
using FerRos.Networks;
using FerRos.Networks.Tests;

namespace FerRos.Perception.Tests;

/// <summary>The networks in their parts against the whole networks, run by the engine.</summary>
public sealed class AffectNetworkTests : IDisposable
{
    private readonly DirectoryInfo _folder = System.IO.Directory.CreateTempSubdirectory("ferros-networks-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("facechannel-v1-fer8")]
    [InlineData("facechannel-v1-av")]
    [InlineData("affwild2-frame-expression-shunting")]
    [InlineData("affwild2-frame-joint")]
    [InlineData("arch-1")]
    [InlineData("arch-2")]
    [InlineData("nano-a-232")]
    public void A_network_of_single_frames_in_its_parts_gives_what_it_gives_as_a_whole(string name)
    {
        Model model = Models.Random(name, new ZooOptions { InputChannels = 1 });
        using IAffectNetwork network = AffectNetworks.Create(model, Models.OnProcessor);
        using INetworkRunner whole = Models.OnProcessor(model);
        float[] crop = Noise(whole.Network.InputLength, 1);
        whole.Run(crop);

        (float[] probabilities, float arousal, float valence) = Estimate(network, crop);
        network.SequenceLength.ShouldBe(1);
        network.Name.ShouldBe(name);
        Compare(whole, probabilities, arousal, valence);
    }

    [Theory]
    [InlineData("facechannels-joint-shunting")]
    [InlineData("facechannels-expression")]
    public void A_sliding_sequence_gives_what_running_all_its_frames_gives(string name)
    {
        Model model = Models.Random(name, Gray);
        using IAffectNetwork network = AffectNetworks.Create(model, Models.OnProcessor);
        network.SequenceLength.ShouldBe(10);
        int length = model.Network.InputShape.Count;
        float[] film = Noise(length * 13, 3);
        var sequence = new FaceSequence(network.FeatureLength, network.SequenceLength, TimeSpan.FromSeconds(0.5));
        var summary = new float[network.SummaryLength];
        var probabilities = new float[network.Classes.Length];
        for (int i = 0; i < 13; i++)
        {
            network.Encode(film.AsSpan(i * length, length), sequence.Append(i * 33_000_000L));
            network.Summarise(sequence.Values, sequence.Count, summary);
            (float arousal, float valence) = network.Estimate(summary, probabilities);
            if (i is not (0 or 3 or 9 or 12))
                continue;

            // Before there are ten, the network over those there are: one made for so many frames, with the same weights.
            int frames = Math.Min(i + 1, 10);
            NetworkGraph shorter = Zoo.Create(name, Gray with { SequenceLength = frames });
            using CpuRunner whole = CpuRunner.Create(shorter, model.Weights);
            whole.Run(film.AsSpan((i + 1 - frames) * length, frames * length));
            Compare(whole, probabilities, arousal, valence);
        }
    }

    [Fact]
    public void Range_and_order_of_colours_of_the_card_are_respected()
    {
        Model model = Models.Random("facechannel-v1-fer8", new ZooOptions { InputChannels = 3, InputSize = 32 }, "bgr", low: -1);
        using IAffectNetwork network = AffectNetworks.Create(model, Models.OnProcessor);
        network.CropChannels.ShouldBe(3);
        network.CropSize.ShouldBe(32);
        float[] crop = Noise(32 * 32 * 3, 4);

        // Channels first, blue first, -1 to 1.
        var input = new float[crop.Length];
        for (int i = 0; i < 32 * 32; i++)
        {
            for (int c = 0; c < 3; c++)
                input[(c * 32 * 32) + i] = (2 * crop[(i * 3) + 2 - c]) - 1;
        }

        using INetworkRunner whole = Models.OnProcessor(model);
        whole.Run(input);
        (float[] probabilities, float arousal, float valence) = Estimate(network, crop);
        Compare(whole, probabilities, arousal, valence);
    }

    [Fact]
    public void The_pipeline_runs_a_sequence_network_by_its_name_without_allocation()
    {
        using PerceptionPipeline pipeline = SequencePipeline();
        pipeline.Model.ShouldBe("mine");
        byte[][] film = [.. Enumerable.Range(0, 24).Select(i => Wall.With(640, 480, (160 + i, 30, 1.2)))];
        var frame = new ImageFrame();
        long shown = 0;
        PerceptionResult Show(int i)
        {
            frame.Load("rgb8", 640, 480, 640 * 3, false, film[i], shown++ * 33_333_333L);
            return pipeline.Process(frame);
        }

        var lengths = new List<int>();
        for (int i = 0; i < 14; i++)
            lengths.Add(Show(i).Faces[0].SequenceLength);
        lengths[..3].ShouldBe([1, 2, 3]);
        lengths[^4..].ShouldBe([10, 10, 10, 10]);

        Allocations.Least(() =>
        {
            for (int i = 14; i < 24; i++)
                Show(i);
        }).ShouldBe(0);
        AffectEstimate face = Show(23).Faces[0];
        face.Arousal.ShouldBeInRange(-1, 1);
        face.Summary.Length.ShouldBe(300);
    }

    [Fact]
    public void A_persons_layer_estimates_that_persons_face_alone()
    {
        using PerceptionPipeline pipeline = SequencePipeline();
        ImageFrame Two(int i) => Wall.Frame(640, 480, i * 33_333_333L, (20, 60, 1.2), (330, 60, 1.1));
        AffectEstimate[] faces = [.. pipeline.Process(Two(0)).Faces];
        string mine = faces[0].FaceId;
        faces.Length.ShouldBe(2);
        faces[0].AdaptedTo.ShouldBeNull();

        // The person's layer is certain of disgust.
        LastLayer general = pipeline.LastLayer.ShouldNotBeNull();
        WeightSet weights = general.ToWeightSet();
        float[] bias = weights["expression/bias"].Values.ToArray();
        bias[5] = 1000;
        LastLayer certain = general.With(weights.With([new("expression/bias", new WeightTensor([8], bias))]));
        pipeline.Persons = new OnePerson(mine, new PersonLayer("ada", certain));
        PerceptionResult result = pipeline.Process(Two(1));
        foreach (AffectEstimate face in result.Faces)
        {
            face.AdaptedTo.ShouldBe(face.FaceId == mine ? "ada" : null);
            face.IsByOwnLayer.ShouldBe(face.FaceId == mine);
        }

        // A class prior alone is no layer of hers.
        pipeline.Persons = new OnePerson(mine, new PersonLayer("ada", general, 0, [1, 1, 1, 1, 1, 1, 1, 0.1f]));
        AffectEstimate first = pipeline.Process(Two(2)).Faces.ToArray().Single(face => face.FaceId == mine);
        (first.AdaptedTo, first.IsByOwnLayer).ShouldBe(("ada", false));
        pipeline.Persons = null;
        pipeline.Process(Two(3)).Faces[0].AdaptedTo.ShouldBeNull();
    }

    [Fact]
    public void What_is_no_affect_network_is_refused_by_name()
    {
        Model detector = Models.Directory().Load("blazeface-short-range");
        Should.Throw<NetworkException>(() => AffectNetworks.Create(detector, Models.OnProcessor)).Message.ShouldContain("blazeface-short-range");
        Model model = Models.Random("arch-1");
        Should.Throw<NetworkException>(() => AffectNetworks.Create(model with { Card = model.Card with { Classes = ["neutral"] } }, Models.OnProcessor))
            .Message.ShouldContain("its card names 1");
        Model sequence = Models.Random("facechannels-joint");
        Should.Throw<NetworkException>(() => FrameAffectNetwork.Create(sequence, Models.OnProcessor)).Message.ShouldContain("sequences");
        Should.Throw<NetworkException>(() => SequenceAffectNetwork.Create(model, Models.OnProcessor));
        Should.Throw<NetworkException>(() => PerceptionPipeline.Load(new PerceptionOptions(), Models.Directory(), "blazeface-full-range", Models.OnProcessor));
    }

    private static ZooOptions Gray { get; } = new() { Classes = 8, InputChannels = 1 };

    /// <summary>A folder with the detector and a sequence network with random weights under a name of its own.</summary>
    private PerceptionPipeline SequencePipeline()
    {
        var folder = new ModelDirectory(_folder.FullName);
        Model network = Models.Random("facechannels-joint-shunting", Gray);
        folder.Save("mine", network.Weights, network.Card);
        Model detector = Models.Directory().Load("blazeface-short-range");
        folder.Save(detector.Name, detector.Weights, detector.Card);
        return PerceptionPipeline.Load(
            new PerceptionOptions { ConfirmationTime = TimeSpan.Zero }, folder, "mine", Models.OnProcessor, new FaceIdGenerator(1));
    }

    private static (float[] Probabilities, float Arousal, float Valence) Estimate(IAffectNetwork network, float[] crop)
    {
        var features = new float[network.FeatureLength];
        var summary = new float[network.SummaryLength];
        var probabilities = new float[network.Classes.Length];
        network.Encode(crop, features);
        network.Summarise(features, 1, summary);
        (float arousal, float valence) = network.Estimate(summary, probabilities);
        return (probabilities, arousal, valence);
    }

    private static void Compare(INetworkRunner whole, float[] probabilities, float arousal, float valence)
    {
        if (whole.Network.Outputs.Contains("expression"))
            probabilities.ShouldBe(whole.Output("expression").ToArray(), 1e-5);
        else
            probabilities.ShouldBeEmpty();
        Same(whole, "arousal", arousal);
        Same(whole, "valence", valence);
    }

    private static void Same(INetworkRunner whole, string output, float value)
    {
        if (whole.Network.Outputs.Contains(output))
            value.ShouldBe(whole.Output(output)[0], 1e-5f);
        else
            value.ShouldBe(float.NaN);
    }

    private static float[] Noise(int length, int seed)
    {
        var random = new Random(seed);
        var values = new float[length];
        foreach (ref float value in values.AsSpan())
            value = random.NextSingle();
        return values;
    }

    private sealed class OnePerson(string face, PersonLayer layer) : IPersonLayers
    {
        public PersonLayer? LayerOf(string faceId) => faceId == face ? layer : null;
    }
}
