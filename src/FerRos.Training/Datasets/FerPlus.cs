using System.Collections.Immutable;
using System.Globalization;
using FerRos.Perception;

namespace FerRos.Training;

/// <summary>Which rows of FER+ count, and what their labels are. A figure on FER+ means little without it.</summary>
public enum FerPlusProtocol
{
    /// <summary>The class with more than half of the votes; rows without one, or where it is "unknown" or "not a face", are left out.</summary>
    Majority,

    /// <summary>Rows where at most three classes, neither "unknown" nor "not a face", hold more than half of the votes.</summary>
    CrossEntropy,

    /// <summary>All rows with a vote for one of the eight classes; single votes count.</summary>
    AllRows,
}

/// <summary>
/// FER+ (Barsoum et al. 2016): FER2013's pictures with the votes of ten people each. Folder: <c>labels.csv</c> (usage,
/// image, the votes for eight classes, unknown, NF) and <c>train/</c>, <c>valid/</c>, perhaps <c>test/</c>.
/// </summary>
/// <remarks>
/// Except for <see cref="FerPlusProtocol.AllRows"/>, single votes are set to 0 first, as its authors do. The target is
/// the votes over the eight classes, normalised, in every protocol; arousal and valence are its projection onto the
/// circumplex (<see cref="Circumplex"/>), not labels that anyone gave. Rows count as they are: three pictures of the
/// training part are in the table twice, with the same votes.
/// </remarks>
public static class FerPlus
{
    private const int Votes = 10;
    private const int PictureSize = 48;

    /// <summary>Reads one part.</summary>
    /// <param name="folder">The folder with labels.csv.</param>
    /// <param name="part"><c>train</c>, <c>valid</c> or <c>test</c>.</param>
    /// <param name="protocol">Which rows count.</param>
    /// <exception cref="DatasetException">The folder is no FER+, or has no such part.</exception>
    public static FaceDataset Load(string folder, string part, FerPlusProtocol protocol)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(part);
        var table = Path.Combine(folder, "labels.csv");
        if (!File.Exists(table))
            throw new DatasetException($"there is no {table}; FER+ is a folder with labels.csv, train/ and valid/");
        var report = new DatasetReport();
        var rows = Rows(table, part, protocol, report);
        if (rows.Count == 0)
            throw new DatasetException($"{table} has no usable row of '{part}'");

        var (pictures, indices) = PictureLoader.Load(folder, [.. rows.Select(r => r.Key)], PictureSize, report);
        var circumplex = new Circumplex(Expressions.FerPlus);
        var samples = ImmutableArray.CreateBuilder<FaceSample>(rows.Count);
        for (var i = 0; i < rows.Count; i++)
        {
            if (indices[i] < 0)
                continue;
            var (key, expression, target) = rows[i];
            var (arousal, valence) = circumplex.Project(target.AsSpan());
            samples.Add(new FaceSample
            {
                Key = key, Picture = indices[i], Expression = expression, Target = target, Arousal = arousal, Valence = valence,
            });
        }

        return new FaceDataset($"FER+ {part}, {Name(protocol)}", Expressions.FerPlus, pictures, samples.ToImmutable(), report);
    }

    /// <summary>The protocol as people write it.</summary>
    public static string Name(FerPlusProtocol protocol) => protocol switch
    {
        FerPlusProtocol.Majority => "majority protocol",
        FerPlusProtocol.CrossEntropy => "cross-entropy protocol",
        _ => "all rows",
    };

    /// <summary>Applies a protocol to one row.</summary>
    /// <param name="votes">For the eight classes, unknown and NF.</param>
    /// <param name="protocol">The protocol.</param>
    /// <param name="target">The votes over the eight classes, normalised.</param>
    /// <returns>The class, -1: the row is left out.</returns>
    internal static int Label(ReadOnlySpan<int> votes, FerPlusProtocol protocol, out ImmutableArray<float> target)
    {
        target = [];
        Span<int> counted = stackalloc int[Votes];
        for (var i = 0; i < Votes; i++)
            counted[i] = protocol != FerPlusProtocol.AllRows && votes[i] == 1 ? 0 : votes[i];
        var classes = counted[..Expressions.FerPlus.Length];
        var sum = 0;
        foreach (var count in counted)
            sum += count;
        var inClasses = 0;
        foreach (var count in classes)
            inClasses += count;
        if (inClasses == 0)
            return -1;

        var winner = counted.IndexOf(MaxOf(counted));
        switch (protocol)
        {
            case FerPlusProtocol.Majority when winner >= classes.Length || 2 * counted[winner] <= sum:
            case FerPlusProtocol.CrossEntropy when !FewHoldMost(counted, sum, classes.Length):
                return -1;
            default:
                break;
        }

        var values = ImmutableArray.CreateBuilder<float>(classes.Length);
        foreach (var count in classes)
            values.Add((float)count / inClasses);
        target = values.MoveToImmutable();
        return classes.IndexOf(MaxOf(classes));
    }

    /// <summary>Whether the one to three strongest hold more than half, with none but classes among those that it takes.</summary>
    private static bool FewHoldMost(ReadOnlySpan<int> counted, int sum, int classes)
    {
        Span<int> left = stackalloc int[counted.Length];
        counted.CopyTo(left);
        var held = 0;
        for (var taken = 0; taken < 3; taken++)
        {
            var strongest = left.IndexOf(MaxOf(left));
            if (strongest >= classes)
                return false;
            held += left[strongest];
            left[strongest] = 0;
            if (2 * held > sum)
                return true;
        }

        return false;
    }

    private static int MaxOf(ReadOnlySpan<int> values)
    {
        var largest = values[0];
        foreach (var value in values)
            largest = Math.Max(largest, value);
        return largest;
    }

    private static List<(string Key, int Expression, ImmutableArray<float> Target)> Rows(
        string table, string part, FerPlusProtocol protocol, DatasetReport report)
    {
        var rows = new List<(string, int, ImmutableArray<float>)>();
        var number = 0;
        Span<int> votes = stackalloc int[Votes];
        foreach (var line in File.ReadLines(table))
        {
            number++;
            if (number == 1 || line.Length == 0)
                continue;
            var cells = line.Split(',');
            if (cells.Length < 2 + Votes)
            {
                report.Add("the row has too few columns", string.Create(CultureInfo.InvariantCulture, $"line {number}"));
                continue;
            }

            if (!string.Equals(cells[0], part, StringComparison.OrdinalIgnoreCase))
                continue;
            var valid = true;
            for (var i = 0; i < Votes; i++)
                valid &= int.TryParse(cells[2 + i], NumberStyles.None, CultureInfo.InvariantCulture, out votes[i]);
            if (!valid)
            {
                report.Add("a vote is no number", cells[1]);
                continue;
            }

            if (cells[1].Length == 0 || cells[1] != Path.GetFileName(cells[1]))
            {
                report.Add("the picture's name is not one", string.Create(CultureInfo.InvariantCulture, $"line {number}"));
                continue;
            }

            // Not in the report: the protocol leaves these out, nothing is wrong with them.
            var expression = Label(votes, protocol, out var target);
            if (expression < 0)
                continue;
            rows.Add(($"{part}/{cells[1]}", expression, target));
        }

        return rows;
    }
}
