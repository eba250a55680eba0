using FerRos.Inference;
using FerRos.Networks;

namespace FerRos.Perception.Tests.Support;

/// <summary>The networks that ship with the project, on the processor.</summary>
internal static class Models
{
    public const string Affect = "facechannel-v1-fer8";

    public static FaceDetector Detector(DetectorRange range = DetectorRange.ShortRange) =>
        new(Runner(range == DetectorRange.ShortRange ? "blazeface-short-range" : "blazeface-full-range"));

    public static FrameAffectNetwork AffectNetwork() => new(Runner(Affect), Expressions.FerPlus);

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
