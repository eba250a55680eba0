using System.Collections.Immutable;

namespace FerRos.Training;

/// <summary>
/// FaceChannelS's cleaning and balancing of data with arousal, valence and expression, as transformations of any
/// dataset. The rules are those of the paper; where its published code does otherwise, a parameter says so.
/// </summary>
public static class Balancing
{
    /// <summary>Bins of arousal and valence over [-1, 1): 21 values from -1 to 0.9 and what is above.</summary>
    public const int Bins = 21;

    /// <summary>
    /// Drops what contradicts itself (Kuhnke et al. 2020): arousal or valence outside [-1, 1], happiness with negative
    /// valence, sadness with positive valence, and neutral faces far from the middle.
    /// </summary>
    /// <param name="dataset">The data; samples without arousal and valence stay.</param>
    /// <param name="neutralNorm">The largest length of (arousal, valence) of a neutral face.</param>
    /// <param name="asPublishedCode">
    /// The sign of the neutral rule as in the authors' code, which drops neutral faces near the middle instead.
    /// </param>
    public static FaceDataset Clean(FaceDataset dataset, float neutralNorm = 0.5f, bool asPublishedCode = false)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        var (neutral, happiness, sadness) =
            (dataset.Classes.IndexOf("neutral"), dataset.Classes.IndexOf("happiness"), dataset.Classes.IndexOf("sadness"));

        bool Consistent(FaceSample s)
        {
            if (float.IsNaN(s.Arousal) || float.IsNaN(s.Valence))
                return true;
            if (Math.Abs(s.Arousal) > 1 || Math.Abs(s.Valence) > 1)
                return false;
            if (s.Expression >= 0 && s.Expression == happiness && s.Valence < 0)
                return false;
            if (s.Expression >= 0 && s.Expression == sadness && s.Valence > 0)
                return false;
            if (s.Expression >= 0 && s.Expression == neutral)
                return MathF.Sqrt((s.Arousal * s.Arousal) + (s.Valence * s.Valence)) > neutralNorm == asPublishedCode;
            return true;
        }

        return dataset.With(dataset.Samples.Where(Consistent), $"{dataset.Name}, cleaned");
    }

    /// <summary>Repeats samples at random until every class has as many as the largest.</summary>
    public static FaceDataset BalanceClasses(FaceDataset dataset, int seed)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        return Balance(dataset, s => s.Expression, seed);
    }

    /// <summary>Repeats samples at random until every bin of arousal (or of valence) that holds any has as many as the largest.</summary>
    public static FaceDataset BalanceAffect(FaceDataset dataset, bool arousal, int seed)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        return Balance(dataset, s => Bin(arousal ? s.Arousal : s.Valence), seed);
    }

    /// <summary>The bin of a value: 0 for -1, 1 for -0.9, and so on; -1 for none. Values above 0.9 fall into the last.</summary>
    internal static int Bin(float value) => float.IsNaN(value) || Math.Abs(value) > 1 ? -1 : Math.Min((int)MathF.Floor(((value + 1) * 10) + 1e-4f), Bins - 1);

    private static FaceDataset Balance(FaceDataset dataset, Func<FaceSample, int> groupOf, int seed)
    {
        var groups = dataset.Samples.GroupBy(groupOf).Where(g => g.Key >= 0).OrderBy(g => g.Key).Select(g => g.ToArray()).ToArray();
        if (groups.Length == 0)
            throw new DatasetException($"{dataset.Name} has no labels to balance by");
        var random = new Random(seed);
        var largest = groups.Max(g => g.Length);
        var samples = ImmutableArray.CreateBuilder<FaceSample>(largest * groups.Length);
        foreach (var group in groups)
        {
            samples.AddRange(group);
            for (var i = group.Length; i < largest; i++)
                samples.Add(group[random.Next(group.Length)]);
        }

        return dataset.With(samples, $"{dataset.Name}, balanced");
    }
}
