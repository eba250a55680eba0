using System.Collections.Immutable;

namespace FerRos.Training;

/// <summary>One draw of a person's pictures.</summary>
/// <param name="Train">k pictures of different shots per enrolled class.</param>
/// <param name="Test">The other pictures of the enrolled classes, without those of the same shots.</param>
/// <param name="Others">Likewise those of the classes that are not enrolled.</param>
internal sealed record PersonSplit(ImmutableArray<FaceFeatures> Train, ImmutableArray<FaceFeatures> Test, ImmutableArray<FaceFeatures> Others);

/// <summary>
/// A person with the classes that are enrolled at some k: those with at least k + 5 pictures, of k + 1 shots at least. Two
/// classes are needed. Pictures of one shot are never on both sides of a split.
/// </summary>
/// <param name="Person">Who it is.</param>
/// <param name="Classes">The enrolled classes, ascending.</param>
/// <param name="Splits">One split a draw; they depend on person, k, draw and the person's pictures alone.</param>
internal sealed record EnrolledPerson(string Person, ImmutableArray<int> Classes, ImmutableArray<PersonSplit> Splits)
{
    /// <summary>A class is enrolled where it has so many pictures more than are learnt from.</summary>
    internal const int LeastTest = 5;

    // Where shots hold pictures of several classes, a draw can leave a class short; another one may not.
    private const int Attempts = 100;

    /// <summary>Enrols a person.</summary>
    /// <param name="person">Who.</param>
    /// <param name="all">Pictures of all people.</param>
    /// <param name="k">Pictures per class to learn from.</param>
    /// <param name="draws">Number of splits.</param>
    /// <returns>Null where the person has too few pictures, or too few shots.</returns>
    internal static EnrolledPerson? Of(string person, IEnumerable<FaceFeatures> all, int k, int draws) => Of(person, all, k, draws, $"{k}", _ => k);

    /// <summary>Enrols a person with most of what there is: a picture of three quarters of each class's shots.</summary>
    /// <param name="person">Who.</param>
    /// <param name="all">Pictures of all people.</param>
    /// <param name="k">Classes and people are those of this k; classes with fewer shots give k pictures.</param>
    /// <param name="draws">Number of splits.</param>
    /// <returns>Null where the person has too few pictures, or too few shots.</returns>
    internal static EnrolledPerson? WithMost(string person, IEnumerable<FaceFeatures> all, int k, int draws) =>
        Of(person, all, k, draws, "most", shots => Math.Max(k, shots * 3 / 4));

    private static EnrolledPerson? Of(string person, IEnumerable<FaceFeatures> all, int k, int draws, string seed, Func<int, int> quota)
    {
        FaceFeatures[] faces = [.. all.Where(f => f.Person == person)];
        var byClass = faces.GroupBy(f => f.Expression).ToDictionary(g => g.Key, g => (Pictures: g.Count(), Shots: g.DistinctBy(f => f.Shot).Count()));
        ImmutableArray<int> classes = [.. byClass.Where(c => c.Value.Pictures >= k + LeastTest && c.Value.Shots > k).Select(c => c.Key).Order()];
        if (classes.Length < 2)
            return null;
        var splits = ImmutableArray.CreateBuilder<PersonSplit>(draws);
        for (var draw = 0; draw < draws; draw++)
        {
            if (Draw(faces, classes, c => quota(byClass[c].Shots), FormattableString.Invariant($"{person}/{seed}/{draw}")) is not { } split)
                return null;
            splits.Add(split);
        }

        return new EnrolledPerson(person, classes, splits.MoveToImmutable());
    }

    private static PersonSplit? Draw(FaceFeatures[] faces, ImmutableArray<int> classes, Func<int, int> quota, string name)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var seed = name + (attempt == 0 ? "" : FormattableString.Invariant($"/{attempt}"));
            var split = Draw(faces, classes, quota, new Random((int)FaceDataset.Hash(seed)));
            if (split.Train.Length == classes.Sum(quota) && classes.All(c => split.Test.Any(f => f.Expression == c)))
                return split;
        }

        return null;
    }

    private static PersonSplit Draw(FaceFeatures[] faces, ImmutableArray<int> classes, Func<int, int> quota, Random random)
    {
        var train = ImmutableArray.CreateBuilder<FaceFeatures>();
        var shots = new HashSet<int>();
        foreach (var c in classes)
        {
            FaceFeatures[] ofClass = [.. faces.Where(f => f.Expression == c)];
            random.Shuffle(ofClass);
            var left = quota(c);
            foreach (var face in ofClass)
            {
                if (left > 0 && shots.Add(face.Shot))
                {
                    train.Add(face);
                    left--;
                }
            }
        }

        FaceFeatures[] rest = [.. faces.Where(f => !shots.Contains(f.Shot))];
        return new PersonSplit(train.ToImmutable(), [.. rest.Where(f => classes.Contains(f.Expression))], [.. rest.Where(f => !classes.Contains(f.Expression))]);
    }
}
