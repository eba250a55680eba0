using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace FerRos.Networks.Tests;

/// <summary>
/// Reference outputs that Keras computed in 64-bit floats. Weights and inputs come from a generator, so that the file
/// needs to hold none. FERROS_GOLDEN names another file of the same form.
/// </summary>
internal sealed class GoldenFile
{
    private readonly JsonElement _root;

    private GoldenFile(JsonElement root) => _root = root;

    public int Seed => _root.TryGetProperty("seed", out var seed) ? seed.GetInt32() : 1;

    public IEnumerable<string> Models => _root.GetProperty("models").EnumerateObject().Select(m => m.Name);

    public JsonElement Model(string name) => _root.GetProperty("models").GetProperty(name);

    /// <summary>Ten training steps of a last layer; a file without them skips the test.</summary>
    public JsonElement Adaptation(string name)
    {
        if (!_root.TryGetProperty("adaptation", out var adaptation))
            Xunit.Assert.Skip("the reference file holds no adaptation");
        return adaptation.GetProperty(name);
    }

    /// <summary>Reads the file, or skips the test where there is none.</summary>
    public static GoldenFile Load() => TryLoad() ?? Read(SharedFiles.Find("golden/golden.json"));

    /// <summary>Reads the file; null where there is none.</summary>
    public static GoldenFile? TryLoad()
    {
        var path = Environment.GetEnvironmentVariable("FERROS_GOLDEN") is { Length: > 0 } named
            ? named
            : SharedFiles.PathOf("golden/golden.json");
        return File.Exists(path) ? Read(path) : null;
    }

    private static GoldenFile Read(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        return new GoldenFile(document.RootElement.Clone());
    }

    /// <summary>The graph for a model of the file, with the file's number of classes.</summary>
    public NetworkGraph Network(string name)
    {
        var outputs = Model(name).GetProperty("outputs");
        return Zoo.Create(name, new ZooOptions
        {
            Classes = outputs.TryGetProperty("expression", out var rows) ? rows[0].GetArrayLength() : null,
        });
    }

    /// <summary>The generated weights of a network.</summary>
    public WeightSet Weights(string name, NetworkGraph network) => new(network.Parameters.Select(p =>
        KeyValuePair.Create(p.Name, new WeightTensor(p.Shape, Values(name, p)))));

    /// <summary>The generated inputs, one after the other.</summary>
    public float[] Inputs(string name, int length, int batch) =>
        [.. Uniform($"{Seed}/{name}/input").Take(length * batch).Select(u => (float)u)];

    /// <summary>Endless values in [0, 1): SplitMix64 started from the FNV-1a hash of the key.</summary>
    public static IEnumerable<double> Uniform(string key)
    {
        var state = 0xcbf29ce484222325;
        foreach (var octet in Encoding.UTF8.GetBytes(key))
            state = (state ^ octet) * 0x100000001b3;
        while (true)
        {
            state += 0x9E3779B97F4A7C15;
            var z = state;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            z ^= z >> 31;
            yield return (z >> 11) * Math.Pow(2, -53);
        }
    }

    private float[] Values(string model, Parameter parameter)
    {
        var scale = Scale(model, parameter.Name, parameter.Shape) * HeadFactor(model, parameter);
        return
        [
            .. Uniform($"{Seed}/{model}/{parameter.Name}").Take(parameter.Count).Select(u => (float)(parameter.Role switch
            {
                ParameterRole.Kernel or ParameterRole.RecurrentKernel => ((2 * u) - 1) * scale,
                ParameterRole.Bias => 0.1 * ((2 * u) - 1),
                ParameterRole.Gamma or ParameterRole.MovingVariance => 0.5 + u,
                ParameterRole.Beta or ParameterRole.MovingMean => 0.2 * ((2 * u) - 1),
                ParameterRole.Decay => 0.5 + (0.1 * ((2 * u) - 1)),
                _ => throw new InvalidOperationException($"no rule for {parameter.Role}"),
            })),
        ];
    }

    /// <summary>
    /// The layers that make the outputs have a quarter of the scale: those with an output's name, and arch-3's last
    /// convolution (arch-1's does not). Where the file gives the first values, these decide.
    /// </summary>
    private double HeadFactor(string model, Parameter parameter)
    {
        if (parameter.Role is not (ParameterRole.Kernel or ParameterRole.RecurrentKernel))
            return 1;
        foreach (var tensor in Model(model).TryGetProperty("tensors", out var tensors) ? tensors.EnumerateArray() : [])
        {
            if (tensor.GetProperty("name").GetString() == parameter.Name && tensor.TryGetProperty("first", out var first))
            {
                var value = ((2 * Uniform($"{Seed}/{model}/{parameter.Name}").First()) - 1) * Scale(model, parameter.Name, parameter.Shape);
                return Math.Abs(first[0].GetDouble() / value) < 0.5 ? 0.25 : 1;
            }
        }

        var layer = parameter.Name.Split('/')[0];
        return layer is "arousal" or "valence" or "expression" || (model == "arch-3" && layer == "conv2d_12") ? 0.25 : 1;
    }

    private static double Scale(string model, string name, ImmutableArray<int> shape)
    {
        var depthwise = name.EndsWith("/depthwise_kernel", StringComparison.Ordinal);
        var fan = (depthwise ? shape.Take(2) : shape.Take(shape.Length - 1)).Aggregate(1, (product, n) => product * n);
        return Math.Sqrt((model.StartsWith("nano-", StringComparison.Ordinal) ? 2.0 : 6.0) / fan);
    }
}
