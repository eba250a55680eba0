using FerRos.Networks;

namespace FerRos.Training.Commands;

/// <summary>Models as people name them on the command line: a file of weights, or a model that ships with the program.</summary>
internal static class ModelFiles
{
    /// <summary>Loads a model.</summary>
    /// <param name="weights">A file NAME.safetensors with its card NAME.json beside it, or the name of a shipped model.</param>
    /// <exception cref="FileNotFoundException">There is no such file, or no such model.</exception>
    /// <exception cref="NetworkException">Card or weights are damaged or do not fit each other.</exception>
    internal static Model Load(string weights)
    {
        if (File.Exists(weights))
        {
            var folder = new ModelDirectory(Path.GetDirectoryName(Path.GetFullPath(weights))!);
            return File.Exists(Path.ChangeExtension(weights, ".json"))
                ? folder.Load(Path.GetFileNameWithoutExtension(weights))
                : throw new FileNotFoundException($"there is no card {Path.ChangeExtension(weights, ".json")} beside the weights");
        }

        if (weights.EndsWith(".safetensors", StringComparison.Ordinal) || weights != Path.GetFileName(weights))
            throw new FileNotFoundException($"there is no file {weights}");
        return ModelDirectory.Default().Load(weights);
    }

    /// <summary>The folder of a model's files: what belongs to the model lies there, too.</summary>
    /// <param name="weights">As <see cref="Load"/> takes it.</param>
    internal static string FolderOf(string weights) => File.Exists(weights) ? Path.GetDirectoryName(Path.GetFullPath(weights))! : ModelDirectory.Default().Path;

    /// <summary>The model as it looks at stills: a sequence network takes a sequence of one frame.</summary>
    internal static Model OfSingleFrames(Model model) =>
        model.Network.SequenceLength > 0 ? model with { Network = model.Card.CreateNetwork(sequenceLength: 1) } : model;
}
