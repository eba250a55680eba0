using System.Collections.Concurrent;
using FerRos.Perception;

namespace FerRos.Node;

/// <summary>
/// The layers of the persons who are in view, handed to the pipeline by the face they are bound to. Layers are put in and
/// taken out by other threads; each look sees one whole layer or the general one. Looking up allocates nothing.
/// </summary>
/// <param name="bindings">Whose face is whose.</param>
internal sealed class BoundLayers(PersonBindings bindings) : IPersonLayers
{
    private readonly ConcurrentDictionary<string, PersonLayer> _layers = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public PersonLayer? LayerOf(string faceId)
    {
        var person = bindings.PersonOf(faceId);
        return person.Length > 0 && _layers.TryGetValue(person, out var layer) ? layer : null;
    }

    /// <summary>Whether a person's own layer is in memory.</summary>
    internal bool Has(string person) => _layers.ContainsKey(person);

    /// <summary>What is in memory for a person; null: nothing.</summary>
    internal PersonLayer? Of(string person) => _layers.GetValueOrDefault(person);

    /// <summary>Everyone whose layer is in memory.</summary>
    internal ICollection<string> Persons => _layers.Keys;

    /// <summary>Uses a layer for a person from the next picture on; null: the general one.</summary>
    internal void Set(string person, PersonLayer? layer)
    {
        if (layer is null) _layers.TryRemove(person, out _);
        else _layers[person] = layer;
    }

    /// <summary>Uses the general layer for everyone.</summary>
    internal void Clear() => _layers.Clear();
}
