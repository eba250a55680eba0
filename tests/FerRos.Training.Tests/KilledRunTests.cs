using System.Diagnostics;
using Shouldly;
using Xunit;

namespace FerRos.Training.Tests;

public class KilledRunTests
{
    [Fact]
    public async Task A_run_that_was_killed_and_then_terminated_ends_with_the_same_weights()
    {
        using var folder = new TemporaryFolder();
        var random = new Random(1);
        for (var i = 0; i < 100; i++)
        {
            Faces.WritePicture(folder[$"data/happiness/{i:000}.png"], 16, 16, (byte)random.Next(120, 256));
            Faces.WritePicture(folder[$"data/sadness/{i:000}.png"], 16, 16, (byte)random.Next(0, 140));
        }

        var whole = await Train(folder, "whole", resume: false, signal: null);
        whole.Code.ShouldBe(0, whole.Text);

        // Both signals come in the middle of an epoch, after the first that the process finishes.
        var killed = await TrainUntil("KILL", folder, resume: false);
        killed.Code.ShouldBe(128 + 9, killed.Text);
        var terminated = await TrainUntil("TERM", folder, resume: true);
        terminated.Code.ShouldBe(130, terminated.Text);
        terminated.Text.ShouldContain("--resume");
        terminated.Text.ShouldNotContain("epoch 1:");
        File.Exists(folder["parts/small.safetensors"]).ShouldBeFalse();
        var last = await Train(folder, "parts", resume: true, signal: null);
        last.Code.ShouldBe(0, last.Text);

        File.ReadAllBytes(folder["parts/small.safetensors"]).ShouldBe(File.ReadAllBytes(folder["whole/small.safetensors"]));
        WithoutSeconds(folder["parts/history.csv"]).ShouldBe(WithoutSeconds(folder["whole/history.csv"]));
    }

    /// <summary>Trains until a signal comes; from where it was once more, if the run came to its end before that, as on a starved machine it may.</summary>
    private static async Task<(int Code, string Text)> TrainUntil(string signal, TemporaryFolder folder, bool resume)
    {
        for (var attempt = 0; ; attempt++)
        {
            var before = folder[$"{signal}{attempt}"];
            Directory.CreateDirectory(folder["parts"]);
            Directory.CreateDirectory(before);
            foreach (var file in Directory.GetFiles(folder["parts"])) File.Copy(file, Path.Combine(before, Path.GetFileName(file)));
            var run = await Train(folder, "parts", resume, signal);
            if (run.Code != 0 || attempt == 5) return run;
            Directory.Delete(folder["parts"], recursive: true);
            Directory.Move(before, folder["parts"]);
        }
    }

    private static string[] WithoutSeconds(string path) => [.. File.ReadLines(path).Select(l => l[..l.LastIndexOf(',')])];

    private static async Task<(int Code, string Text)> Train(TemporaryFolder folder, string run, bool resume, string? signal)
    {
        var start = new ProcessStartInfo(
            "dotnet",
            [
                typeof(KilledRunTests).Assembly.Location, "train", "--network", "arch-1", "--data", folder["data"], "--out", folder[run], "--name", "small",
                "--input-size", "16", "--epochs", "12", "--batch", "4", "--threads", "1", "--average", "0.9", .. resume ? ["--resume"] : Array.Empty<string>(),
            ])
        {
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var text = new System.Text.StringBuilder();
        var epochs = 0;
        while (await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            text.AppendLine(line);
            if (line.Contains("held back: loss", StringComparison.Ordinal) && ++epochs == 2 && signal is not null)
                Process.Start("kill", [$"-{signal}", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]).Dispose();
        }

        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, text.ToString());
    }
}
