using FerRos.Inference;
using FerRos.Networks;
using FerRos.Networks.Tests;

namespace FerRos.Perception.Tests.Support;

/// <summary>The networks that ship with the project, on the processor.</summary>
internal static class Models
{
    public const string Affect = "facechannel-v1-fer8";

    public static FaceDetector Detector(DetectorRange range = DetectorRange.ShortRange) =>
        new(Runner(range == DetectorRange.ShortRange ? "blazeface-short-range" : "blazeface-full-range"));

    public static FrameAffectNetwork AffectNetwork() => FrameAffectNetwork.Create(Directory().Load(Affect), OnProcessor);

    public static INetworkRunner OnProcessor(Model model) => CpuRunner.Create(model.Network, model.Weights);

    /// <summary>A network of the zoo with weights drawn at random.</summary>
    public static Model Random(string network, ZooOptions? options = null, string color = "gray", float low = 0)
    {
        NetworkGraph graph = Zoo.Create(network, options);
        var card = new ModelCard
        {
            Network = network,
            Description = "random",
            Classes = graph.Outputs.Contains("expression") ? [.. Expressions.FerPlus.Take(graph["expression"].Shape.Count)] : [],
            InputSize = graph.InputShape.Height,
            Color = color,
            InputRange = [low, 1],
            Alignment = "FER+",
            Licence = "none",
        };
        return new Model(network, graph, RandomWeights.For(graph), card);
    }

    public static PerceptionPipeline Pipeline(PerceptionOptions? options = null, int seed = 1) => PerceptionPipeline.Load(
        options ?? new PerceptionOptions(),
        Directory(),
        Affect,
        model => CpuRunner.Create(model.Network, model.Weights),
        new FaceIdGenerator(seed));

    public static ModelDirectory Directory() => new(Path.Combine(Repository.Root, "models"));

    private static CpuRunner Runner(string name)
    {
        Model model = Directory().Load(name);
        return CpuRunner.Create(model.Network, model.Weights);
    }
}
