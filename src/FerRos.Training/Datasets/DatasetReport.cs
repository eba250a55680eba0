using System.Collections.Immutable;
using System.Globalization;

namespace FerRos.Training;

/// <summary>What of a dataset could not be used, and why.</summary>
public sealed class DatasetReport
{
    private readonly SortedDictionary<string, List<string>> _left = new(StringComparer.Ordinal);

    /// <summary>Reasons, and the rows or files that they hit.</summary>
    public IReadOnlyDictionary<string, ImmutableArray<string>> Left =>
        _left.ToDictionary(l => l.Key, l => l.Value.ToImmutableArray(), StringComparer.Ordinal);

    /// <summary>Number of rows and files that were left out.</summary>
    public int Count => _left.Values.Sum(l => l.Count);

    /// <summary>One line per reason, with the first names.</summary>
    public IEnumerable<string> Lines(int names = 5) => _left.Select(l => string.Create(
        CultureInfo.InvariantCulture,
        $"{l.Value.Count} left out, {l.Key}: {string.Join(", ", l.Value.Take(names))}{(l.Value.Count > names ? ", ..." : "")}"));

    internal void Add(string reason, string name)
    {
        if (!_left.TryGetValue(reason, out var names))
            _left[reason] = names = [];
        names.Add(name);
    }
}
