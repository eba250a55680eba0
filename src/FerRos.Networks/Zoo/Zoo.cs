using System.Collections.Immutable;

namespace FerRos.Networks;

/// <summary>All networks that are declared here, by name.</summary>
public static class Zoo
{
    /// <summary>All networks, in the order in which they are listed to people.</summary>
    public static ImmutableArray<ZooEntry> Entries { get; } =
    [
        .. FaceChannelNetworks.Entries,
        .. AffWild2Networks.Entries,
        .. ArchNetworks.Entries,
        .. EmotionNetNanoNetworks.Entries,
        .. BlazeFaceNetworks.Entries,
    ];

    /// <summary>What is known of a network.</summary>
    /// <exception cref="NetworkException">No such network.</exception>
    public static ZooEntry Entry(string name) => Entries.FirstOrDefault(e => string.Equals(e.Name, name, StringComparison.Ordinal))
        ?? throw new NetworkException($"there is no network '{name}'; there are {string.Join(", ", Entries.Select(e => e.Name))}");

    /// <summary>Makes the graph of a network.</summary>
    /// <exception cref="NetworkException">No such network, or the options do not fit it.</exception>
    public static NetworkGraph Create(string name, ZooOptions? options = null)
    {
        var entry = Entry(name);
        options ??= new ZooOptions();
        if (options.Classes is < 2)
            throw new NetworkException($"{options.Classes} classes: at least 2 are needed");
        if (options.InputSize is < 1 or > 4096)
            throw new NetworkException($"an input of {options.InputSize} pixels: 1 to 4096 are possible");
        if (options.Dropout is < 0 or >= 1 or double.NaN)
            throw new NetworkException($"a dropout rate of {options.Dropout}: at least 0 and below 1 is possible");
        return entry.Create(options);
    }
}
