using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace FerRos.Training;

/// <summary>Labelled pictures of faces. Parts of a dataset share its pictures.</summary>
public sealed class FaceDataset
{
    /// <summary>A dataset of samples.</summary>
    /// <param name="name">For messages and cards.</param>
    /// <param name="classes">Names of the expression classes, in the order of the targets.</param>
    /// <param name="pictures">The pictures that the samples point into.</param>
    /// <param name="samples">The samples.</param>
    /// <param name="report">What was left out.</param>
    /// <exception cref="DatasetException">A sample's label or picture does not fit.</exception>
    public FaceDataset(
        string name, ImmutableArray<string> classes, PictureStore pictures, ImmutableArray<FaceSample> samples, DatasetReport? report = null)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        foreach (var sample in samples)
        {
            if (sample.Picture < 0 || sample.Picture >= pictures.Count)
                throw new DatasetException($"{name}: '{sample.Key}' has no picture");
            if (sample.Expression < -1 || sample.Expression >= classes.Length || (!sample.Target.IsEmpty && sample.Target.Length != classes.Length))
                throw new DatasetException($"{name}: the label of '{sample.Key}' does not fit {classes.Length} classes");
        }

        Name = name;
        Classes = classes;
        Pictures = pictures;
        Samples = samples;
        Report = report ?? new DatasetReport();
    }

    /// <summary>The dataset, part and protocol.</summary>
    public string Name { get; }

    /// <summary>Names of the expression classes.</summary>
    public ImmutableArray<string> Classes { get; }

    /// <summary>The pictures.</summary>
    public PictureStore Pictures { get; }

    /// <summary>The samples.</summary>
    public ImmutableArray<FaceSample> Samples { get; }

    /// <summary>What was left out in loading.</summary>
    public DatasetReport Report { get; }

    /// <summary>Number of samples of each class.</summary>
    public ImmutableArray<int> ClassCounts =>
        [.. Enumerable.Range(0, Classes.Length).Select(c => Samples.Count(s => s.Expression == c))];

    /// <summary>The same with other samples.</summary>
    public FaceDataset With(IEnumerable<FaceSample> samples, string? name = null) =>
        new(name ?? Name, Classes, Pictures, [.. samples], Report);

    /// <summary>
    /// Splits by a hash of each sample's key: the same picture falls on the same side always, whatever else is there.
    /// What is held back chooses (epochs, hyper-parameters); other parts measure.
    /// </summary>
    /// <param name="oneIn">One sample in so many is held back.</param>
    public (FaceDataset Kept, FaceDataset HeldBack) HoldBack(int oneIn = 10)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(oneIn, 2);
        bool Held(FaceSample s) => Hash(Path.GetFileName(s.Key)) % (ulong)oneIn == 0;
        return (With(Samples.Where(s => !Held(s)), $"{Name}, without the held-back 1/{oneIn}"), With(Samples.Where(Held), $"{Name}, held-back 1/{oneIn}"));
    }

    /// <summary>
    /// Splits into folds by subject: no person is in two of them. Persons are dealt to the folds by size, the largest
    /// first, each to the fold with the fewest samples.
    /// </summary>
    /// <exception cref="DatasetException">A sample has no subject, or there are fewer subjects than folds.</exception>
    public ImmutableArray<(FaceDataset Train, FaceDataset Test)> SubjectFolds(int folds)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(folds, 2);
        if (Samples.FirstOrDefault(s => s.Subject.Length == 0) is { } unknown)
            throw new DatasetException($"{Name}: the subject of '{unknown.Key}' is not known; folds split by subject");
        var subjects = Samples.GroupBy(s => s.Subject, StringComparer.Ordinal)
            .OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal).ToArray();
        if (subjects.Length < folds)
            throw new DatasetException($"{Name}: {subjects.Length} subjects cannot be split into {folds} folds");
        var sizes = new int[folds];
        var foldOf = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var subject in subjects)
        {
            var fold = Array.IndexOf(sizes, sizes.Min());
            foldOf[subject.Key] = fold;
            sizes[fold] += subject.Count();
        }

        string Named(int fold, string part) => string.Create(CultureInfo.InvariantCulture, $"{Name}, fold {fold + 1} of {folds}, {part}");
        return
        [
            .. Enumerable.Range(0, folds).Select(f => (
                With(Samples.Where(s => foldOf[s.Subject] != f), Named(f, "train")),
                With(Samples.Where(s => foldOf[s.Subject] == f), Named(f, "test")))),
        ];
    }

    /// <summary>The runs of frames of each sequence: non-overlapping, of a given length, in order.</summary>
    /// <remarks>FaceChannelS's: runs of existing frames; what is left over at the end of a sequence is not used.</remarks>
    public ImmutableArray<ImmutableArray<FaceSample>> Runs(int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        return
        [
            .. Samples.Where(s => s.Sequence.Length > 0).GroupBy(s => s.Sequence, StringComparer.Ordinal)
                .OrderBy(g => g.Key, StringComparer.Ordinal)
                .SelectMany(g => g.OrderBy(s => s.Frame).Chunk(length).Where(c => c.Length == length))
                .Select(c => c.ToImmutableArray()),
        ];
    }

    /// <summary>FNV-1a of the name, mixed once more so that its last bits are usable.</summary>
    internal static ulong Hash(string name)
    {
        var hash = 0xcbf29ce484222325UL;
        foreach (var octet in Encoding.UTF8.GetBytes(name))
            hash = (hash ^ octet) * 0x100000001b3UL;
        hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9UL;
        hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EBUL;
        return hash ^ (hash >> 31);
    }
}
