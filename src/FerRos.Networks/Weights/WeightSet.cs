using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace FerRos.Networks;

/// <summary>
/// All weights of a network by name (<c>conv1/kernel</c>), in Keras's layouts; read from and written to safetensors files.
/// Immutable, and shared by all runners of a network.
/// </summary>
public sealed class WeightSet
{
    private readonly FrozenDictionary<string, WeightTensor> _tensors;

    /// <summary>Weights that are in memory.</summary>
    public WeightSet(IEnumerable<KeyValuePair<string, WeightTensor>> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        _tensors = tensors.ToFrozenDictionary(StringComparer.Ordinal);
        Metadata = metadata ?? FrozenDictionary<string, string>.Empty;
    }

    /// <summary>All tensors by name.</summary>
    public IReadOnlyDictionary<string, WeightTensor> Tensors => _tensors;

    /// <summary>Free text that came with the file.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>A tensor by name.</summary>
    /// <exception cref="WeightsException">There is none of this name.</exception>
    public WeightTensor this[string name] => _tensors.TryGetValue(name, out var tensor)
        ? tensor
        : throw new WeightsException($"there are no weights named '{name}'");

    /// <summary>Reads a safetensors file with 32-bit or 16-bit floats.</summary>
    /// <exception cref="WeightsException">The file is damaged, or holds other types; the message says what and where.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static WeightSet Load(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        return SafetensorsReader.Read(stream, path);
    }

    /// <summary>Reads safetensors from a stream that knows its length.</summary>
    /// <param name="stream">The stream, at the start of the data.</param>
    /// <param name="source">What it is, for error messages.</param>
    /// <exception cref="WeightsException">The data are damaged, or hold other types.</exception>
    public static WeightSet Read(Stream stream, string source)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return SafetensorsReader.Read(stream, source);
    }

    /// <summary>Writes a safetensors file: to a temporary file beside it first, which is then renamed.</summary>
    public void Save(string path, WeightFormat format = WeightFormat.Full)
    {
        var temporary = string.Create(CultureInfo.InvariantCulture, $"{path}.{Environment.ProcessId}.tmp");
        try
        {
            using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write))
            {
                Write(stream, format);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Writes safetensors to a stream. The same weights give the same bytes always.</summary>
    public void Write(Stream stream, WeightFormat format = WeightFormat.Full)
    {
        ArgumentNullException.ThrowIfNull(stream);
        SafetensorsWriter.Write(stream, this, format);
    }

    /// <summary>The same weights, with some replaced or added.</summary>
    public WeightSet With(IEnumerable<KeyValuePair<string, WeightTensor>> replacements)
    {
        ArgumentNullException.ThrowIfNull(replacements);
        var all = _tensors.ToDictionary(StringComparer.Ordinal);
        foreach (var (name, tensor) in replacements)
            all[name] = tensor;
        return new WeightSet(all, Metadata);
    }

    /// <summary>Those of them that belong to a part of the network.</summary>
    /// <exception cref="WeightsException">One is missing.</exception>
    public WeightSet Of(NetworkGraph part)
    {
        ArgumentNullException.ThrowIfNull(part);
        return new WeightSet(part.Parameters.Select(p => KeyValuePair.Create(p.Name, this[p.Name])), Metadata);
    }

    /// <summary>Checks that these are the weights of a network: every name there with the right shape, and no other.</summary>
    /// <exception cref="WeightsException">They are not; the message lists what is missing, unexpected or of another shape.</exception>
    public void Check(NetworkGraph network)
    {
        ArgumentNullException.ThrowIfNull(network);
        var message = new StringBuilder();
        var expected = network.Parameters.ToDictionary(p => p.Name, StringComparer.Ordinal);
        List(message, "missing", expected.Keys.Where(name => !_tensors.ContainsKey(name)));
        List(message, "unexpected", _tensors.Keys.Where(name => !expected.ContainsKey(name)).Order(StringComparer.Ordinal));
        List(message, "of another shape", expected.Values
            .Where(p => _tensors.TryGetValue(p.Name, out var tensor) && !tensor.Shape.SequenceEqual(p.Shape))
            .Select(p => $"{p.Name} {_tensors[p.Name]} instead of [{string.Join(", ", p.Shape)}]"));
        if (message.Length > 0)
            throw new WeightsException($"these are not weights of '{network.Name}': {message}");
    }

    private static void List(StringBuilder message, string what, IEnumerable<string> names)
    {
        const int Shown = 8;
        var all = names.ToArray();
        if (all.Length == 0)
            return;
        if (message.Length > 0)
            message.Append("; ");
        message.Append(CultureInfo.InvariantCulture, $"{all.Length} {what} ({string.Join(", ", all.Take(Shown))}");
        message.Append(all.Length > Shown ? ", ...)" : ")");
    }
}
