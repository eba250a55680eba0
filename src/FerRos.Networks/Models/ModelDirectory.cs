using System.Collections.Immutable;

namespace FerRos.Networks;

/// <summary>A network ready to run: graph, weights that fit it, and the card.</summary>
/// <param name="Name">The file's name without its ending.</param>
/// <param name="Network">The graph.</param>
/// <param name="Weights">Its weights.</param>
/// <param name="Card">What is to be known of it.</param>
public sealed record Model(string Name, NetworkGraph Network, WeightSet Weights, ModelCard Card);

/// <summary>A folder with weights (<c>NAME.safetensors</c>) and their cards (<c>NAME.json</c>).</summary>
public sealed class ModelDirectory
{
    /// <summary>Environment variable that names the folder, before any other place.</summary>
    public const string Variable = "FERROS_MODELS";

    /// <summary>A given folder.</summary>
    /// <exception cref="DirectoryNotFoundException">It is not there.</exception>
    public ModelDirectory(string path)
    {
        Path = System.IO.Path.GetFullPath(path);
        if (!Directory.Exists(Path))
            throw new DirectoryNotFoundException($"there is no folder {Path}");
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>Names of the models in the folder, sorted.</summary>
    public ImmutableArray<string> Names =>
    [
        .. Directory.EnumerateFiles(Path, "*.safetensors").Select(f => System.IO.Path.GetFileNameWithoutExtension(f))
            .Where(name => File.Exists(FileOf(name, ".json"))).Order(StringComparer.Ordinal),
    ];

    /// <summary>
    /// The folder that ships with the program: what <see cref="Variable"/> names, else <c>models</c> beside the
    /// executable, else beside one of the folders above it (a checkout).
    /// </summary>
    /// <exception cref="DirectoryNotFoundException">None of them is there; the message says what to do.</exception>
    public static ModelDirectory Default()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named)
            return new ModelDirectory(named);
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = System.IO.Path.Combine(folder.FullName, "models");
            if (Directory.Exists(candidate) && Directory.EnumerateFiles(candidate, "*.safetensors").Any())
                return new ModelDirectory(candidate);
        }

        throw new DirectoryNotFoundException(
            $"there is no folder 'models' with weights at or above {AppContext.BaseDirectory}; set {Variable} to where it is");
    }

    /// <summary>Loads a model: its card, the graph that the card names, and weights that fit it.</summary>
    /// <exception cref="FileNotFoundException">There is no model of this name.</exception>
    /// <exception cref="NetworkException">Card or weights are damaged or do not fit each other.</exception>
    public Model Load(string name)
    {
        var card = LoadCard(name);
        var network = card.CreateNetwork();
        var weights = WeightSet.Load(FileOf(name, ".safetensors"));
        weights.Check(network);
        return new Model(name, network, weights, card);
    }

    /// <summary>Loads the card alone.</summary>
    /// <exception cref="FileNotFoundException">There is no model of this name.</exception>
    /// <exception cref="NetworkException">The card is damaged.</exception>
    public ModelCard LoadCard(string name)
    {
        // A name comes from a parameter; it must not lead out of the folder.
        if (name != System.IO.Path.GetFileName(name) || !Names.Contains(name))
            throw new FileNotFoundException($"there is no model '{name}' in {Path}; there are {string.Join(", ", Names)}");
        return ModelCard.Load(FileOf(name, ".json"));
    }

    /// <summary>Writes a model: weights and card.</summary>
    public void Save(string name, WeightSet weights, ModelCard card, WeightFormat format = WeightFormat.Half)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(card);
        weights.Check(card.CreateNetwork());
        weights.Save(FileOf(name, ".safetensors"), format);
        card.Save(FileOf(name, ".json"));
    }

    private string FileOf(string name, string ending) => System.IO.Path.Combine(Path, name + ending);
}
