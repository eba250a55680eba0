using System.Collections.Immutable;

namespace FerRos.Perception.Adapting;

/// <summary>
/// Samples to learn from and samples that are held back. Neighbouring frames of an episode are never on both sides: whole
/// episodes are held back where a class has two or more, otherwise, and where those are too short, the end of its longest
/// episode, with a gap before it.
/// </summary>
/// <param name="Train">To learn from.</param>
/// <param name="Held">Held back.</param>
internal sealed record SampleSplit(ImmutableArray<ProfileSample> Train, ImmutableArray<ProfileSample> Held)
{
    /// <summary>
    /// Whether so many samples of every class, and at least one on the other side, are held back. Samples without an
    /// expression count where there are no others.
    /// </summary>
    public bool IsMeasured(int least)
    {
        int[] all = [.. Train.Concat(Held).Select(s => s.Expression).Distinct()];
        bool hasExpressions = all.Any(c => c >= 0);
        int[] classes = [.. all.Where(c => c >= 0 == hasExpressions)];
        return classes.Length > 0 && classes.All(c => Held.Count(s => s.Expression == c) >= least && Train.Any(s => s.Expression == c));
    }

    public static SampleSplit Make(ImmutableArray<ProfileSample> samples, AdaptationOptions options)
    {
        var train = ImmutableArray.CreateBuilder<ProfileSample>();
        var held = ImmutableArray.CreateBuilder<ProfileSample>();
        foreach (IGrouping<int, ProfileSample> ofClass in samples.GroupBy(s => s.Expression).OrderBy(g => g.Key))
        {
            ProfileSample[][] episodes = [.. ofClass.GroupBy(s => s.Episode, StringComparer.Ordinal).Select(e => e.OrderBy(s => s.Stamp).ToArray())];
            int wanted = Math.Max(options.MinHeldBack, (int)Math.Round(options.HeldBack * ofClass.Count()));
            bool[] isHeld = ChooseEpisodes(episodes, wanted, options.MinHeldBack);
            int split = isHeld.Contains(true) ? -1 : Array.IndexOf(episodes, episodes.MaxBy(e => e.Length));
            for (int i = 0; i < episodes.Length; i++)
            {
                if (i == split)
                    SplitBlock(episodes[i], wanted, options.Gap, train, held);
                else
                    (isHeld[i] ? held : train).AddRange(episodes[i]);
            }
        }

        return new SampleSplit(train.ToImmutable(), held.ToImmutable());
    }

    /// <summary>
    /// The newest episodes are held back until there are enough samples, and never more than a third of them; where that
    /// is not enough, the shortest episode that is, if it is not more than half.
    /// </summary>
    /// <returns>For each episode whether it is held back; none where whole episodes cannot be.</returns>
    private static bool[] ChooseEpisodes(ProfileSample[][] episodes, int wanted, int least)
    {
        var isHeld = new bool[episodes.Length];
        int total = episodes.Sum(e => e.Length);
        int taken = 0;
        for (int i = episodes.Length - 1; i >= 0 && taken < wanted; i--)
        {
            isHeld[i] = 3 * (taken + episodes[i].Length) <= total;
            taken += isHeld[i] ? episodes[i].Length : 0;
        }

        if (taken >= least)
            return isHeld;
        Array.Clear(isHeld);
        int shortest = -1;
        for (int i = episodes.Length - 1; i >= 0; i--)
        {
            if (episodes[i].Length >= least && 2 * episodes[i].Length <= total && (shortest < 0 || episodes[i].Length < episodes[shortest].Length))
                shortest = i;
        }

        if (shortest >= 0)
            isHeld[shortest] = true;
        return isHeld;
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
