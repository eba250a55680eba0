using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FerRos.Networks;

/// <summary>What the network was trained on.</summary>
/// <param name="Name">The dataset and the part of it.</param>
/// <param name="Licence">Its terms.</param>
/// <param name="Note">What was left out, changed or made.</param>
public sealed record TrainingData(string Name, string Licence, string? Note = null);

/// <summary>A measured figure.</summary>
/// <param name="Dataset">On which data.</param>
/// <param name="Protocol">Under which rules, and how many rows.</param>
/// <param name="Metric">What was measured.</param>
/// <param name="Value">The figure.</param>
/// <param name="Command">What measures it again; may be absent.</param>
public sealed record ModelScore(string Dataset, string Protocol, string Metric, double Value, string? Command = null);

/// <summary>
/// What a user must know of a file of weights: how to prepare its input, what its outputs mean, what it was made of,
/// how good it is and where it fails. JSON, beside the weights.
/// </summary>
public sealed record ModelCard
{
    /// <summary>Name of the network in the <see cref="Zoo"/>.</summary>
    public required string Network { get; init; }

    /// <summary>One line for people.</summary>
    public required string Description { get; init; }

    /// <summary>Expression classes in the order of the output; empty where the network has no such output.</summary>
    public ImmutableArray<string> Classes { get => field.IsDefault ? [] : field; init; }

    /// <summary>Height and width of the input in pixels.</summary>
    public required int InputSize { get; init; }

    /// <summary><c>gray</c>, <c>rgb</c> or <c>bgr</c>.</summary>
    public required string Color { get; init; }

    /// <summary>How a pixel of 0 to 255 becomes an input value: [0, 1] for pixel / 255.</summary>
    public ImmutableArray<float> InputRange { get => field.IsDefault ? [0, 1] : field; init; }

    /// <summary>How the face lies in the input, in words; <c>none</c> for whole pictures.</summary>
    public required string Alignment { get; init; }

    /// <summary>What it was trained on.</summary>
    public ImmutableArray<TrainingData> Data { get => field.IsDefault ? [] : field; init; }

    /// <summary>Licence of the weights themselves.</summary>
    public required string Licence { get; init; }

    /// <summary>Where weights came from that were not trained here.</summary>
    public string? Origin { get; init; }

    /// <summary>Seed of the training run.</summary>
    public int? Seed { get; init; }

    /// <summary>The command that trains it again.</summary>
    public string? Command { get; init; }

    /// <summary>How it was trained.</summary>
    public string? Training { get; init; }

    /// <summary>File beside the weights with general faces that adaptation to a person rehearses; null: none.</summary>
    public string? Rehearsal { get; init; }

    /// <summary>Measured figures.</summary>
    public ImmutableArray<ModelScore> Scores { get => field.IsDefault ? [] : field; init; }

    /// <summary>Known limits and biases.</summary>
    public ImmutableArray<string> Limits { get => field.IsDefault ? [] : field; init; }

    /// <summary>Channels of the input.</summary>
    [JsonIgnore]
    public int InputChannels => Color == "gray" ? 1 : 3;

    /// <summary>Makes the graph that the card describes.</summary>
    /// <param name="sequenceLength">Steps of a sequence network's input, with the same weights; null: the network's own.</param>
    /// <exception cref="NetworkException">The zoo has no such network.</exception>
    public NetworkGraph CreateNetwork(int? sequenceLength = null) => Zoo.Create(Network, new ZooOptions
    {
        Classes = Classes.IsEmpty ? null : Classes.Length,
        InputSize = InputSize,
        InputChannels = InputChannels,
        SequenceLength = sequenceLength,
    });

    /// <summary>Reads a card.</summary>
    /// <exception cref="NetworkException">The file is no card; the message says why.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ModelCard Load(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            var card = JsonSerializer.Deserialize(stream, ModelCardJson.Default.ModelCard)
                ?? throw new NetworkException($"{path} is empty");
            if (card.Color is not ("gray" or "rgb" or "bgr"))
                throw new NetworkException($"{path}: color '{card.Color}' is not gray, rgb or bgr");
            if (card.InputSize <= 0)
                throw new NetworkException($"{path}: inputSize {card.InputSize} is not positive");
            if (card.InputRange is not [var low, var high] || !(low < high))
                throw new NetworkException($"{path}: inputRange is not two rising numbers");
            return card;
        }
        catch (JsonException e)
        {
            throw new NetworkException($"{path} is not a model card: {e.Message}", e);
        }
    }

    /// <summary>Writes the card as JSON.</summary>
    public void Save(string path) => File.WriteAllText(path, JsonSerializer.Serialize(this, ModelCardJson.ForPeople.ModelCard) + "\n");
}

[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(ModelCard))]
internal sealed partial class ModelCardJson : JsonSerializerContext
{
    /// <summary>Writes a plus or a quotation mark as people do; cards never stand in a web page unescaped.</summary>
    public static ModelCardJson ForPeople => field ??=
        new(new JsonSerializerOptions(Default.Options) { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
