using System.Text;
using System.Text.Json;
using Xunit;

namespace FerRos.Torch.Tests;

/// <summary>Reference outputs of an independent implementation, and the generator of their weights and inputs.</summary>
internal static class Golden
{
    /// <summary>The file that FERROS_GOLDEN names, else that of the shared folder; without one the test is skipped.</summary>
    public static JsonDocument Load()
    {
        var named = Environment.GetEnvironmentVariable("FERROS_GOLDEN");
        var path = string.IsNullOrEmpty(named) ? Path.Combine(Shared(), "golden", "golden.json") : named;
        if (!File.Exists(path))
            Assert.Skip($"there are no reference outputs at {path}");
        return JsonDocument.Parse(File.ReadAllBytes(path));
    }

    public static int Seed(JsonDocument golden) => golden.RootElement.TryGetProperty("seed", out var seed) ? seed.GetInt32() : 1;

    /// <summary>FNV-1a of the key, then SplitMix64: uniform values in [0, 1).</summary>
    public static double[] Uniform(string key, int count)
    {
        var state = 0xcbf29ce484222325UL;
        foreach (var octet in Encoding.UTF8.GetBytes(key))
            state = (state ^ octet) * 0x100000001b3UL;
        var values = new double[count];
        for (var i = 0; i < count; i++)
        {
            var z = state + ((ulong)(i + 1) * 0x9E3779B97F4A7C15UL);
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
            values[i] = ((z ^ (z >> 31)) >> 11) * Math.ScaleB(1, -53);
        }

        return values;
    }

    /// <summary>The values of one weight tensor.</summary>
    public static float[] Weights(int seed, string model, string tensor, IReadOnlyList<int> shape)
    {
        var role = tensor[(tensor.LastIndexOf('/') + 1)..];
        var layer = tensor[..tensor.LastIndexOf('/')];
        var uniform = Uniform($"{seed}/{model}/{tensor}", shape.Aggregate(1, (a, b) => a * b));
        var scale = role switch
        {
            "bias" => 0.1,
            "beta" or "moving_mean" => 0.2,
            "decay" => 0.1,
            _ => KernelScale(model, layer, role, shape),
        };
        var values = new float[uniform.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (float)(role switch
            {
                "gamma" or "moving_variance" => 0.5 + uniform[i],
                "decay" => 0.5 + (scale * ((2 * uniform[i]) - 1)),
                _ => scale * ((2 * uniform[i]) - 1),
            });
        }

        return values;
    }

    private static double KernelScale(string model, string layer, string role, IReadOnlyList<int> shape)
    {
        double fan = role == "depthwise_kernel" ? shape[0] * shape[1] : shape.Take(shape.Count - 1).Aggregate(1, (a, b) => a * b);
        var gain = model.StartsWith("nano-", StringComparison.Ordinal) ? 2 : 6;
        return Math.Sqrt(gain / fan) * (layer is "arousal" or "valence" or "expression" ? 0.25 : 1);
    }

    private static string Shared()
    {
        var named = Environment.GetEnvironmentVariable("FERROS_SHARED");
        if (!string.IsNullOrEmpty(named))
            return named;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Directory.Build.props")))
                return Path.Combine(folder.Parent!.FullName, "shared");
        }

        return "shared";
    }
}
