using System.Collections.Immutable;

namespace FerRos.Perception.Adapting;

/// <summary>
/// Samples to learn from and samples that are held back. Neighbouring frames of an episode are never on both sides: whole
/// episodes are held back where a class has two or more, otherwise the end of the class's one episode, with a gap before it.
/// </summary>
/// <param name="Train">To learn from.</param>
/// <param name="Held">Held back.</param>
/// <param name="Classes">Number of classes among the samples.</param>
internal sealed record SampleSplit(ImmutableArray<ProfileSample> Train, ImmutableArray<ProfileSample> Held, int Classes)
{
    /// <summary>Whether so many samples of every class, and at least one on the other side, are held back.</summary>
    public bool IsMeasured(int least)
    {
        ILookup<int, ProfileSample> held = Held.ToLookup(s => s.Expression);
        return Held.Length > 0 && held.Count == Classes && held.All(c => c.Count() >= least)
            && Train.Select(s => s.Expression).Distinct().Count() == Classes;
    }

    public static SampleSplit Make(ImmutableArray<ProfileSample> samples, AdaptationOptions options)
    {
        var train = ImmutableArray.CreateBuilder<ProfileSample>();
        var held = ImmutableArray.CreateBuilder<ProfileSample>();
        IGrouping<int, ProfileSample>[] classes = [.. samples.GroupBy(s => s.Expression).OrderBy(g => g.Key)];
        foreach (IGrouping<int, ProfileSample> ofClass in classes)
        {
            ProfileSample[][] episodes = [.. ofClass.GroupBy(s => s.Episode, StringComparer.Ordinal).Select(e => e.OrderBy(s => s.Stamp).ToArray())];
            int wanted = Math.Max(options.MinHeldBack, (int)Math.Round(options.HeldBack * ofClass.Count()));
            if (episodes.Length >= 2)
                SplitEpisodes(episodes, wanted, train, held);
            else
                SplitBlock(episodes[0], wanted, options.Gap, train, held);
        }

        return new SampleSplit(train.ToImmutable(), held.ToImmutable(), classes.Length);
    }

    /// <summary>The newest episodes are held back until there are enough; at least one stays, and never more than a third of the samples goes.</summary>
    private static void SplitEpisodes(
        ProfileSample[][] episodes, int wanted, ImmutableArray<ProfileSample>.Builder train, ImmutableArray<ProfileSample>.Builder held)
    {
        int total = episodes.Sum(e => e.Length);
        int taken = 0;
        for (int i = episodes.Length - 1; i >= 0; i--)
        {
            bool fits = i > 0 && taken < wanted && 3 * (taken + episodes[i].Length) <= total;
            (fits ? held : train).AddRange(episodes[i]);
            taken += fits ? episodes[i].Length : 0;
        }
    }

    private static void SplitBlock(
        ProfileSample[] episode, int wanted, int gap, ImmutableArray<ProfileSample>.Builder train, ImmutableArray<ProfileSample>.Builder held)
    {
        // More than a third would be missing to learn from: nothing is held back.
        if (3 * (wanted + gap) > episode.Length)
        {
            train.AddRange(episode);
            return;
        }

        train.AddRange(episode.AsSpan(0, episode.Length - wanted - gap));
        held.AddRange(episode.AsSpan(episode.Length - wanted));
    }
}
