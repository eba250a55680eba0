using FerRos.Inference;
using FerRos.Networks;
using FerRos.Node.Tests.Support;
using FerRos.Torch;

namespace FerRos.Node.Tests;

/// <summary>Where the networks run.</summary>
public class DeviceTests
{
    private static readonly ModelDirectory Models = new(Path.Combine(Repository.Root, "models"));

    [Fact]
    public async Task Without_a_GPU_a_node_that_starts_itself_ends_and_says_what_to_do()
    {
        if (HasGpu()) Assert.Skip("There is a GPU.");
        await using var stage = await Stage.Begin("-p", "device:=cuda");

        await Stage.Until(() => stage.Log.Lines.Any(line => line.Text.Contains("device", StringComparison.Ordinal)), "a message about the device");

        var text = stage.Log.Lines.First(line => line.Text.Contains("device", StringComparison.Ordinal)).Text;
        text.ShouldContain("'cuda'");
        text.ShouldContain("set device to cpu");
        await Stage.Until(() => stage.Lifetime.IsStopping, "the end");
        stage.ExitCode.ShouldNotBe(0);
    }

    [Theory]
    [InlineData("facechannels-joint-shunting")]
    [InlineData("facechannel-v1-fer8")]
    public void A_face_looks_the_same_in_libtorch_as_in_the_engine(string model)
    {
        var device = HasGpu() ? Torch.torch.CUDA : Torch.torch.CPU;
        using var own = PerceptionPipeline.Load(new PerceptionOptions(), Models, model, m => CpuRunner.Create(m.Network, m.Weights));
        using var torch = PerceptionPipeline.Load(new PerceptionOptions(), Models, model, m => new TorchRunner(m.Network, m.Weights, device));

        for (var i = 0; i < 12; i++)
        {
            var expected = own.Process(Stage.Portrait.ToFrame(i * 40_000_000L)).Faces;
            var found = torch.Process(Stage.Portrait.ToFrame(i * 40_000_000L)).Faces;

            found.Length.ShouldBe(expected.Length);
            if (i < 11) continue;
            var (face, other) = (expected[0], found[0]);
            other.Box.IntersectionOverUnion(face.Box).ShouldBeGreaterThan(0.99f);
            other.Expression.ShouldBe(face.Expression);
            other.Arousal.ShouldBe(face.Arousal, 1e-3f);
            other.Valence.ShouldBe(face.Valence, 1e-3f);
            for (var c = 0; c < face.Probabilities.Length; c++) other.Probabilities[c].ShouldBe(face.Probabilities[c], 1e-3f);
        }
    }

    /// <summary>Whether there is a GPU; skips the test where libtorch is missing, and never in continuous integration.</summary>
    private static bool HasGpu()
    {
        try
        {
            return Torch.torch.cuda.is_available();
        }
        catch (TorchNotInstalledException e) when (Environment.GetEnvironmentVariable("CI") != "true")
        {
            Assert.Skip(e.Message);
            return false;
        }
    }
}
