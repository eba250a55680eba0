using System.Globalization;
using FerRos.Networks;

namespace FerRos.Perception;

/// <summary>
/// General faces as the last layer reads them, with the class that people saw in each: what training rehearses so that the
/// network does not forget. A file beside the weights, <c>NAME.rehearsal.safetensors</c>, of at most 4 MB with 16-bit floats;
/// it holds features of faces of a public dataset, and no pictures.
/// </summary>
public sealed class RehearsalSet
{
    /// <summary>Most bytes of a file.</summary>
    public const int MaxBytes = 4_000_000;

    private readonly float[] _features;
    private readonly int[] _labels;
    private readonly float[] _weights;

    /// <summary>Takes samples over.</summary>
    /// <param name="encoder">The encoder whose features these are (<see cref="NetworkIdentity.Encoder"/>).</param>
    /// <param name="featureLength">Values of one sample.</param>
    /// <param name="features">The samples, one after the other.</param>
    /// <param name="labels">The class of each.</param>
    /// <param name="weights">How much each counts, above 0: a class-balanced choice is weighed so that it stands for faces as they occur.</param>
    /// <exception cref="ArgumentException">The lengths do not fit each other.</exception>
    public RehearsalSet(string encoder, int featureLength, float[] features, int[] labels, float[] weights)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(weights);
        if (labels.Length == 0 || weights.Length != labels.Length || features.Length != labels.Length * featureLength)
            throw new ArgumentException($"{features.Length} values and {weights.Length} weights do not fit {labels.Length} samples of {featureLength}.", nameof(features));
        if (weights.Any(w => !(w > 0 && float.IsFinite(w))))
            throw new ArgumentException("A weight is not above 0.", nameof(weights));
        (Encoder, FeatureLength, _features, _labels, _weights) = (encoder, featureLength, features, labels, weights);
    }

    /// <summary>The encoder whose features these are.</summary>
    public string Encoder { get; }

    /// <summary>Values of one sample.</summary>
    public int FeatureLength { get; }

    /// <summary>Number of samples.</summary>
    public int Count => _labels.Length;

    /// <summary>What the last layer reads of one sample.</summary>
    public ReadOnlySpan<float> Features(int sample) => _features.AsSpan(sample * FeatureLength, FeatureLength);

    /// <summary>The class of one sample.</summary>
    public int Label(int sample) => _labels[sample];

    /// <summary>How much one sample counts.</summary>
    public float Weight(int sample) => _weights[sample];

    /// <summary>The file of a model: <c>NAME.rehearsal.safetensors</c> in the models' folder.</summary>
    public static string FileOf(string folder, string model) => Path.Combine(folder, model + ".rehearsal.safetensors");

    /// <summary>Reads the set of a model; null where there is none.</summary>
    /// <param name="folder">The models' folder.</param>
    /// <param name="model">The model's name.</param>
    /// <param name="network">The network that will rehearse.</param>
    /// <exception cref="WeightsException">The file is damaged, or of another encoder.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static RehearsalSet? TryLoad(string folder, string model, NetworkIdentity network)
    {
        ArgumentNullException.ThrowIfNull(network);
        string path = FileOf(folder, model);
        return File.Exists(path) ? Load(path, network) : null;
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="WeightsException">The file is damaged, or of another encoder.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static RehearsalSet Load(string path, NetworkIdentity network)
    {
        ArgumentNullException.ThrowIfNull(network);
        WeightSet set = WeightSet.Load(path);
        WeightTensor features = set["features"];
        WeightTensor labels = set["labels"];
        WeightTensor weights = set["weights"];
        set.Metadata.TryGetValue("encoder", out string? encoder);
        if (encoder != network.Encoder)
            throw new WeightsException($"{path} holds features of another encoder than '{network.Network}' has here; make it anew with 'ferros rehearsal'");
        int count = labels.Values.Length;
        if (!features.Shape.SequenceEqual([count, network.FeatureLength]) || weights.Values.Length != count || count == 0)
            throw new WeightsException($"{path} is damaged: {features} features, {labels} labels and {weights} weights do not fit");
        int[] classes = [.. labels.Values.ToArray().Select(l => (int)l)];
        if (classes.Any(c => c < 0 || c >= network.Classes.Length))
            throw new WeightsException($"{path} is damaged: a label is none of the {network.Classes.Length} classes");
        return new RehearsalSet(encoder, network.FeatureLength, features.Values.ToArray(), classes, weights.Values.ToArray());
    }

    /// <summary>Writes the set with 16-bit floats.</summary>
    /// <exception cref="InvalidOperationException">It would be larger than <see cref="MaxBytes"/>.</exception>
    public void Save(string path)
    {
        if ((long)_features.Length * 2 > MaxBytes)
            throw new InvalidOperationException($"{Count} samples of {FeatureLength} values are more than {MaxBytes} bytes.");
        new WeightSet(
        [
            new("features", new WeightTensor([Count, FeatureLength], _features)),
            new("labels", new WeightTensor([Count], [.. _labels.Select(l => (float)l)])),
            new("weights", new WeightTensor([Count], _weights)),
        ], new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["encoder"] = Encoder,
            ["count"] = Count.ToString(CultureInfo.InvariantCulture),
        }).Save(path, WeightFormat.Half);
    }
}
