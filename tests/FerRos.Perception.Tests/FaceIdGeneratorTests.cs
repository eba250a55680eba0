using System.Text.RegularExpressions;

namespace FerRos.Perception.Tests;

public class FaceIdGeneratorTests
{
    [Fact]
    public void Ids_look_like_ROS4HRI_ids_and_never_come_twice()
    {
        var ids = new FaceIdGenerator(42);
        var seen = new HashSet<string>();
        for (int i = 0; i < 200_000; i++)
        {
            string id = ids.Next();
            Regex.IsMatch(id, "^f[a-z0-9]{4}$").ShouldBeTrue(id);
            seen.Add(id).ShouldBeTrue(id);
        }
    }

    [Fact]
    public void When_all_short_ids_are_used_up_they_grow_and_still_do_not_repeat()
    {
        const int All = 36 * 36 * 36 * 36;
        var ids = new FaceIdGenerator(3);
        var seen = new HashSet<string>(All + 1_000);
        for (int i = 0; i < All; i++)
            seen.Add(ids.Next());
        seen.Count.ShouldBe(All);
        for (int i = 0; i < 1_000; i++)
        {
            string id = ids.Next();
            id.Length.ShouldBe(6);
            seen.Add(id).ShouldBeTrue(id);
        }
    }

    [Fact]
    public void A_seed_gives_the_same_ids_and_another_seed_others()
    {
        string[] Take(int seed)
        {
            var ids = new FaceIdGenerator(seed);
            return [.. Enumerable.Range(0, 20).Select(_ => ids.Next())];
        }

        Take(5).ShouldBe(Take(5));
        Take(5).Intersect(Take(6)).ShouldBeEmpty();
    }

    [Fact]
    public void Ids_come_from_many_threads_without_repeating()
    {
        var ids = new FaceIdGenerator(1);
        string[][] all = new string[4][];
        Parallel.For(0, 4, t => all[t] = [.. Enumerable.Range(0, 10_000).Select(_ => ids.Next())]);
        all.SelectMany(a => a).Distinct().Count().ShouldBe(40_000);
    }
}
