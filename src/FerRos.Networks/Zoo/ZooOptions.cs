namespace FerRos.Networks;

/// <summary>What may be chosen when a network of the zoo is made; what is not set is as its authors have it.</summary>
public sealed record ZooOptions
{
    /// <summary>Number of expression classes.</summary>
    public int? Classes { get; init; }

    /// <summary>Height and width of the input in pixels.</summary>
    public int? InputSize { get; init; }

    /// <summary>Channels of the input: 1 (gray) or 3.</summary>
    public int? InputChannels { get; init; }

    /// <summary>Steps of the input of a sequence network.</summary>
    public int? SequenceLength { get; init; }

    /// <summary>Rate of all dropout layers, 0 to 1.</summary>
    public double? Dropout { get; init; }

    /// <summary>
    /// Puts a batch normalisation behind every convolution that has none, for training. <see cref="BatchNormalizationFolding"/>
    /// folds it away afterwards; what is left is the authors' network.
    /// </summary>
    public bool BatchNormalization { get; init; }
}

/// <summary>A network of the zoo.</summary>
/// <param name="Name">Its name in files, parameters and on the command line.</param>
/// <param name="Title">One line for people.</param>
/// <param name="Source">The publication.</param>
/// <param name="Notes">Where the publication is silent, or differs from itself or from its code; may be empty.</param>
/// <param name="Create">Makes the graph.</param>
public sealed record ZooEntry(string Name, string Title, string Source, string Notes, Func<ZooOptions, NetworkGraph> Create);
