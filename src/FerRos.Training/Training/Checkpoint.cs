using System.Collections.Immutable;
using System.Text.Json;
using FerRos.Networks;
using FerRos.Torch;

namespace FerRos.Training;

/// <summary>
/// A run in one file, written beside the old one and renamed: state, weights, moments and average, in 32 bits, and the
/// state of the random numbers. Going on from it gives what going on without a break would have given.
/// </summary>
internal static class Checkpoint
{
    private const string StateKey = "ferros.training";

    internal static void Save(string path, TrainingState state, params ReadOnlySpan<(string Prefix, IReadOnlyDictionary<string, torch.Tensor> Tensors)> groups)
    {
        var tensors = new List<KeyValuePair<string, WeightTensor>>();
        foreach (var (prefix, group) in groups)
        {
            foreach (var (name, tensor) in group)
                tensors.Add(KeyValuePair.Create($"{prefix}/{name}", new WeightTensor([.. tensor.shape.Select(s => (int)s)], tensor.ToArray<float>())));
        }

        var metadata = new Dictionary<string, string> { [StateKey] = JsonSerializer.Serialize(state, TrainingJson.Default.TrainingState) };
        new WeightSet(tensors, metadata).Save(path);
    }

    /// <exception cref="TrainingException">The file is no checkpoint, or one of other options or data.</exception>
    internal static (TrainingState State, WeightSet Tensors) Load(string path, string fingerprint)
    {
        WeightSet tensors;
        TrainingState? state;
        try
        {
            tensors = WeightSet.Load(path);
            state = tensors.Metadata.TryGetValue(StateKey, out var json) ? JsonSerializer.Deserialize(json, TrainingJson.Default.TrainingState) : null;
        }
        catch (Exception e) when (e is WeightsException or JsonException)
        {
            throw new TrainingException($"{path} cannot be gone on from: {e.Message}", e);
        }

        if (state is null)
            throw new TrainingException($"{path} is no checkpoint of a training run");
        if (state.Fingerprint != fingerprint)
            throw new TrainingException($"{path} belongs to a run with other options or data; start anew in another folder, or give the same options");
        return (state, tensors);
    }

    /// <summary>Copies the group's tensors into the ones given.</summary>
    internal static void Restore(WeightSet tensors, string prefix, IReadOnlyDictionary<string, torch.Tensor> into)
    {
        using var none = torch.no_grad();
        foreach (var (name, target) in into)
        {
            using var scope = torch.NewDisposeScope();
            target.copy_(torch.tensor(tensors[$"{prefix}/{name}"].Values, target.shape));
        }
    }

    /// <summary>The group's tensors as new ones.</summary>
    internal static Dictionary<string, torch.Tensor> Group(WeightSet tensors, string prefix) => tensors.Tensors
        .Where(t => t.Key.StartsWith(prefix + "/", StringComparison.Ordinal))
        .ToDictionary(
            t => t.Key[(prefix.Length + 1)..], t => torch.tensor(t.Value.Values, [.. t.Value.Shape.Select(s => (long)s)]), StringComparer.Ordinal);
}
