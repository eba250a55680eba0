using System.Collections.Immutable;
using System.Text.Json;
using System.Xml.Linq;
using FerRos.Inference;
using FerRos.Networks;
using FerRos.Perception;
using FerRos.Training.Commands;
using Shouldly;
using Xunit;

namespace FerRos.Training.Tests;

/// <summary>The benchmark of adaptation on summaries that are made up: what it learns from, what it tests on, what its numbers mean.</summary>
public sealed class PersonalizationTests
{
    private const int Length = 24;
    private static readonly NetworkGraph _graph = Small();
    private static readonly LastLayer _general = LastLayer.Create(_graph, Weights());
    private static readonly NetworkIdentity _identity = new("small", "aa", "bb", ["neutral", "happiness", "surprise", "sadness"], Length);

    [Fact]
    public void Exactly_k_pictures_per_class_are_learnt_from_and_no_shot_is_on_both_sides()
    {
        for (var seed = 0; seed < 40; seed++)
        {
            // Shots of one to four pictures, some of them with two labels.
            var random = new Random(seed);
            FaceFeatures[] faces = [.. People(random, "anna", 12, 9 + random.Next(20), 6 + random.Next(20), random.Next(10)), .. People(random, "ben", 3, 20, 20)];
            foreach (var k in new[] { 1, 2, 5, 10 })
            {
                if (EnrolledPerson.Of("anna", faces, k, 10) is not { } person)
                    continue;
                person.Splits.Length.ShouldBe(10);
                foreach (var (train, test, others) in person.Splits)
                {
                    train.GroupBy(f => f.Expression).Select(g => (g.Key, g.Count())).OrderBy(g => g.Key).ShouldBe(person.Classes.Select(c => (c, k)));
                    train.Select(f => f.Shot).Distinct().Count().ShouldBe(train.Length);
                    train.Select(f => f.Shot).Intersect(test.Concat(others).Select(f => f.Shot)).ShouldBeEmpty();
                    test.Select(f => f.Expression).Distinct().Order().ShouldBe(person.Classes);
                    others.ShouldAllBe(f => !person.Classes.Contains(f.Expression));
                    train.Concat(test).Concat(others).ShouldAllBe(f => f.Person == "anna");
                    train.Concat(test).Concat(others).Distinct(ReferenceEqualityComparer.Instance).Count().ShouldBe(train.Length + test.Length + others.Length);
                }
            }
        }
    }

    [Fact]
    public void A_class_with_fewer_than_five_pictures_beyond_k_is_not_enrolled()
    {
        FaceFeatures[] faces = People(new Random(1), "anna", shots: 0, 10, 9, 7, 6);
        EnrolledPerson.Of("anna", faces, 1, 3)!.Classes.ShouldBe([0, 1, 2, 3]);
        EnrolledPerson.Of("anna", faces, 2, 3)!.Classes.ShouldBe([0, 1, 2]);
        EnrolledPerson.Of("anna", faces, 2, 3)!.Splits.ShouldAllBe(s => s.Others.Length == 6 && s.Test.Length == 20);
        EnrolledPerson.Of("anna", faces, 4, 3)!.Classes.ShouldBe([0, 1]);
        EnrolledPerson.Of("anna", faces, 5, 3).ShouldBeNull("one class cannot be told from another");
        EnrolledPerson.Of("ben", faces, 1, 3).ShouldBeNull();
    }

    [Fact]
    public void A_class_of_too_few_shots_is_not_enrolled_and_does_not_keep_the_others_out()
    {
        // Twenty pictures of one shot: none would be left to test on.
        FaceFeatures[] faces = [.. People(new Random(1), "anna", shots: 0, 10, 10), .. Enumerable.Repeat(Face(new Random(2), "anna", 2, shot: 1000), 20)];
        var person = EnrolledPerson.Of("anna", faces, 1, 20).ShouldNotBeNull();
        person.Classes.ShouldBe([0, 1]);
        person.Splits.ShouldAllBe(s => s.Others.Length == 20);
    }

    [Fact]
    public void Where_shots_hold_two_expressions_every_draw_still_has_both_on_both_sides()
    {
        // Of the seven shots of class 1, five hold class 0, too: draws that take those leave too little of class 1.
        var random = new Random(3);
        FaceFeatures[] faces =
        [
            .. Enumerable.Range(0, 7).Select(i => Face(random, "anna", 1, shot: i)), .. Enumerable.Range(0, 5).Select(i => Face(random, "anna", 0, shot: i)),
            .. Enumerable.Range(0, 2).Select(i => Face(random, "anna", 0, shot: 100 + i)),
        ];
        var person = EnrolledPerson.Of("anna", faces, 2, 200).ShouldNotBeNull();
        foreach (var (train, test, _) in person.Splits)
        {
            train.Count(f => f.Expression == 1).ShouldBe(2);
            test.Select(f => f.Expression).Distinct().Count().ShouldBe(2);
        }
    }

    [Fact]
    public void With_most_of_their_pictures_a_picture_of_three_quarters_of_each_class_s_shots_is_learnt_from()
    {
        // Twelve shots of two pictures each in class 0; in class 1 eleven pictures of as many shots, in class 2 six.
        var random = new Random(6);
        FaceFeatures[] faces =
        [
            .. Enumerable.Range(0, 24).Select(i => Face(random, "anna", 0, shot: i / 2)), .. Enumerable.Range(0, 11).Select(i => Face(random, "anna", 1, shot: 100 + i)),
            .. Enumerable.Range(0, 6).Select(i => Face(random, "anna", 2, shot: 200 + i)),
        ];
        var person = EnrolledPerson.WithMost("anna", faces, 5, 10).ShouldNotBeNull();
        person.Classes.ShouldBe(EnrolledPerson.Of("anna", faces, 5, 1)!.Classes);
        person.Splits.Length.ShouldBe(10);
        foreach (var (train, test, others) in person.Splits)
        {
            train.CountBy(f => f.Expression).OrderBy(c => c.Key).Select(c => c.Value).ShouldBe([9, 8]);
            train.Select(f => f.Shot).Distinct().Count().ShouldBe(train.Length);
            test.CountBy(f => f.Expression).OrderBy(c => c.Key).Select(c => c.Value).ShouldBe([6, 3], "all pictures of the other shots");
            train.Select(f => f.Shot).Intersect(test.Select(f => f.Shot)).ShouldBeEmpty();
            others.Length.ShouldBe(6);
        }

        EnrolledPerson.WithMost("anna", faces, 10, 1).ShouldBeNull("the people are those of k");
    }

    [Fact]
    public void Splits_depend_on_the_person_k_and_the_draw_alone()
    {
        FaceFeatures[] anna = People(new Random(1), "anna", shots: 10, 20, 20), ben = People(new Random(1), "ben", shots: 10, 20, 20);
        var alone = EnrolledPerson.Of("anna", anna, 2, 5)!;
        var among = EnrolledPerson.Of("anna", [.. ben, .. anna], 2, 8)!;
        for (var draw = 0; draw < 5; draw++)
            among.Splits[draw].Train.ShouldBe(alone.Splits[draw].Train);
        alone.Splits.Select(s => string.Join(',', s.Train.Select(f => Array.IndexOf(anna, f)))).Distinct().Count().ShouldBe(5, "draws differ");
        var other = EnrolledPerson.Of("ben", ben, 2, 5)!;
        other.Splits[0].Train.Select(f => Array.IndexOf(ben, f)).ShouldNotBe(alone.Splits[0].Train.Select(f => Array.IndexOf(anna, f)), "people differ");
    }

    [Fact]
    public void The_interval_of_a_mean_holds_it_and_is_as_wide_as_theory_says()
    {
        for (var seed = 0; seed < 30; seed++)
        {
            var random = new Random(seed);
            double[] values = [.. Enumerable.Range(0, 2 + random.Next(30)).Select(_ => Math.Pow(random.NextDouble(), 1 + random.Next(4)) - 0.2)];
            var (low, high) = PersonalizationBenchmark.Bootstrap(values);
            low.ShouldBeLessThanOrEqualTo(values.Average());
            high.ShouldBeGreaterThanOrEqualTo(values.Average());
            low.ShouldBeGreaterThanOrEqualTo(values.Min());
            high.ShouldBeLessThanOrEqualTo(values.Max());
        }

        PersonalizationBenchmark.Bootstrap([0.25]).ShouldBe((0.25, 0.25));
        var normal = new Random(7);
        double[] many = [.. Enumerable.Range(0, 400).Select(_ => normal.NextNormal())];
        var deviation = Math.Sqrt(many.Sum(v => Math.Pow(v - many.Average(), 2)) / many.Length);
        var (from, to) = PersonalizationBenchmark.Bootstrap(many);
        (to - from).ShouldBe(2 * 1.96 * deviation / 20, 0.03);
    }

    [Fact]
    public void A_person_whose_classes_the_general_layer_confuses_gains_and_more_pictures_help()
    {
        var report = Run(new BenchmarkPlan { Counts = [1, 5], Draws = 4, Variants = false, LeaveOut = false });
        report.Variants.ShouldHaveSingleItem().Variant.ShouldBe("default");
        var most = report.Most.ShouldNotBeNull();
        (most.K, most.People).ShouldBe((0, 3));
        most.RestrictedAfter.ShouldBeGreaterThan(most.RestrictedBefore);
        report.Table().ShouldContain("| default, three quarters of the shots | - | 3 |");
        var (one, five) = (report.Variants[0].Scores[0], report.Variants[0].Scores[1]);
        (one.K, five.K, five.People, five.Draws).ShouldBe((1, 5, 3, 4));
        foreach (var score in new[] { one, five })
        {
            score.Change.ShouldBe(score.After - score.Before, 1e-9);
            score.RestrictedChange.ShouldBe(score.RestrictedAfter - score.RestrictedBefore, 1e-9);
            score.Change.ShouldBeInRange(score.ChangeLow, score.ChangeHigh);
            score.Before.ShouldBe(score.Persons.Average(p => p.Before), 1e-9);
            score.WorstChange.ShouldBe(score.Persons.Min(p => p.Change), 1e-9);
            score.Worse.ShouldBe(score.Persons.Count(p => p.Change < -0.01));
        }

        five.After.ShouldBeGreaterThan(five.Before + 0.05);
        five.After.ShouldBeGreaterThan(five.Prior);
        five.RestrictedAfter.ShouldBeGreaterThan(five.RestrictedBefore);
        five.RestrictedChange.ShouldBeGreaterThanOrEqualTo(one.RestrictedChange);
    }

    /// <summary>The table's columns, computed once more from the documentation's formulas.</summary>
    [Fact]
    public void Prior_alone_and_restricted_are_the_general_layer_with_class_weights_and_among_the_enrolled_classes()
    {
        FaceFeatures[] people = Everyone();
        FaceFeatures[] valid = Strangers(90, 99, clarity: 0.3f);
        var report = Run(new BenchmarkPlan { Counts = [2], Draws = 3, Variants = false, LeaveOut = false }, people, valid);
        var score = report.Variants[0].Scores.ShouldHaveSingleItem();
        foreach (var person in score.Persons)
        {
            var enrolled = EnrolledPerson.Of(person.Person, people, 2, 3)!;
            person.Classes.ShouldBe(enrolled.Classes.Length);
            bool Shown(int c) => enrolled.Classes.Contains(c);
            float[] Prior(FaceFeatures f) => [.. f.General.Select((p, c) => p * (Shown(c) ? 1 : 0.1f))];
            float[] Restricted(float[] p) => [.. p.Select((v, c) => Shown(c) ? v : -1)];
            person.Before.ShouldBe(Mean(s => Balanced(s.Test, f => f.General)), 1e-9);
            person.Prior.ShouldBe(Mean(s => Balanced(s.Test, Prior)), 1e-9);
            person.RestrictedBefore.ShouldBe(Mean(s => Balanced(s.Test, f => Restricted(f.General))), 1e-9);
            person.UnenrolledBefore.ShouldBe(Mean(s => s.Others.IsEmpty ? double.NaN : s.Others.Average(f => Right(f, f.General))), 1e-9);

            // After: what the adaptation makes of the same pictures.
            person.After.ShouldBe(Mean(s => Balanced(s.Test, f => Adapted(s, f))), 1e-9);
            person.RestrictedAfter.ShouldBe(Mean(s => Balanced(s.Test, f => Restricted(Adapted(s, f)))), 1e-9);

            double Mean(Func<PersonSplit, double> of) => enrolled.Splits.Average(of);
        }

        score.GeneralBefore.ShouldBe(valid.Average(f => Right(f, f.General)), 1e-9, "the draws share the general faces evenly");
        score.GeneralAfter.ShouldBe(score.GeneralBefore, 0.05);
        score.GeneralAfterWithPrior.ShouldBeLessThan(score.GeneralAfter, "the class prior is wrong for others");
    }

    [Fact]
    public void Without_general_faces_options_are_still_chosen_by_what_they_gain()
    {
        var good = Run(new BenchmarkPlan { Counts = [2], Draws = 1, Variants = false, LeaveOut = false }).Variants[0].Scores[0];
        double.IsNaN(good.GeneralBefore).ShouldBeTrue();
        PersonalizationBenchmark.Worth(good).ShouldBeGreaterThan(PersonalizationBenchmark.Worth(good with { Change = good.Change - 0.01 }));
        PersonalizationBenchmark.Worth(good with { Worse = 2 }).ShouldBe(PersonalizationBenchmark.Worth(good with { Worse = 0 }) - 0.01, 1e-9);
        var measured = good with { GeneralBefore = 0.8, GeneralAfter = 0.8 };
        PersonalizationBenchmark.Worth(measured with { GeneralAfter = 0.795 }).ShouldBe(PersonalizationBenchmark.Worth(measured));
        PersonalizationBenchmark.Worth(measured with { GeneralAfter = 0.77 }).ShouldBe(PersonalizationBenchmark.Worth(measured) - 0.02, 1e-9);
    }

    [Fact]
    public void Options_are_chosen_on_one_half_and_measured_on_the_other()
    {
        var random = new Random(8);
        FaceFeatures[] four = [.. new[] { "a", "b", "c", "d" }.SelectMany(p => People(random, p, shots: 0, 8, 8))];
        var plan = new BenchmarkPlan { Counts = [1], Draws = 1, VariantDraws = 1, Variants = false };
        var report = Run(plan, four);
        report.LeftOut.Select(h => (h.ChosenOn, string.Join("", h.Scores[0].Persons.Select(p => p.Person)))).ShouldBe([("first", "bd"), ("second", "ac")]);
        report.LeftOut.ShouldAllBe(h => PersonalizationBenchmark.Candidates.Any(c => c.Name == h.Variant));

        // Two of the people have too few pictures, and they are one of the halves.
        var told = new List<string>();
        FaceFeatures[] lame = [.. four.Where(f => f.Person is "a" or "c"), .. new[] { "b", "d" }.SelectMany(p => People(random, p, shots: 0, 8, 2))];
        Benchmark(lame).Run(plan, lame.Length, told.Add, CancellationToken.None).LeftOut.ShouldBeEmpty();
        told.ShouldContain(line => line.Contains("nobody with enough pictures", StringComparison.Ordinal));
    }

    [Fact]
    public void Where_nobody_has_enough_pictures_that_is_said()
    {
        FaceFeatures[] faces = People(new Random(1), "anna", shots: 0, 9, 5);
        Should.Throw<DatasetException>(() => Run(new BenchmarkPlan { Counts = [1, 2] }, faces)).Message.ShouldContain("at least 6 pictures");
    }

    [Fact]
    public async Task All_that_is_measured_is_written_with_a_line_per_person()
    {
        // Carl has enough pictures for one k alone.
        FaceFeatures[] people = [.. Everyone(), .. People(new Random(5), "carl", shots: 0, 6, 6)];
        var report = Run(new BenchmarkPlan { Counts = [1, 2, 5], Draws = 2, Variants = false, LeaveOut = false }, people);
        using var folder = new TemporaryFolder();
        await PersonalizeCommand.WriteAsync([report], folder["out/new"], CancellationToken.None);

        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(folder["out/new/personalization.json"], TestContext.Current.CancellationToken));
        var scores = json.RootElement[0].GetProperty("variants")[0].GetProperty("scores");
        scores.EnumerateArray().Select(s => s.GetProperty("k").GetInt32()).ShouldBe([1, 2, 5]);
        scores.EnumerateArray().Select(s => string.Join(' ', s.GetProperty("persons").EnumerateArray().Select(p => p.GetProperty("person").GetString())))
            .ShouldBe(["anna ben carl dora", "anna ben dora", "anna ben dora"]);
        scores[0].GetProperty("persons")[0].GetProperty("after").GetDouble().ShouldBe(report.Variants[0].Scores[0].Persons[0].After);
        scores[0].GetProperty("generalBefore").ValueKind.ShouldBe(JsonValueKind.Null, "what was not measured is null");

        var table = await File.ReadAllLinesAsync(folder["out/new/personalization.md"], TestContext.Current.CancellationToken);
        table.Count(l => l.StartsWith("| default |", StringComparison.Ordinal)).ShouldBe(3);
        foreach (var person in new[] { "anna", "ben", "carl", "dora" })
            table.Count(l => l.StartsWith($"| {person} |", StringComparison.Ordinal)).ShouldBe(1);
        table.Where(l => l.StartsWith('|')).GroupBy(l => l.Count(c => c == '|')).Count().ShouldBe(2, "two tables, each with as many cells in every row");
        string.Join('\n', table).ShouldNotContain("NaN");

        var plot = XDocument.Load(folder["out/new/small.svg"]);
        string[] lines = [.. Titled(plot).Select(l => l.Name)];
        lines.Take(4).ShouldBe(["anna", "ben", "carl", "dora"]);
        lines.Skip(4).ShouldBe(["after, mean", "before, mean", "after, restricted", "before, restricted"]);
    }

    [Theory]
    [InlineData(-1e-12, "(0.0)")]
    [InlineData(0, "(0.0)")]
    [InlineData(-0.0004, "(0.0)")]
    [InlineData(-0.012, "(-1.2)")]
    [InlineData(0.0306, "(+3.1)")]
    public void A_change_has_one_sign(double change, string shown)
    {
        var report = Run(new BenchmarkPlan { Counts = [1], Draws = 1, Variants = false, LeaveOut = false });
        var score = report.Variants[0].Scores[0];
        score = score with { Change = change, Persons = [score.Persons[0] with { Before = 0.5, After = 0.5 + change }] };
        report = report with { Variants = [new VariantScore("default", [score])] };
        report.PersonTable().ShouldContain(shown);
        report.Table().ShouldContain(shown[1..^1]);
        report.Table().ShouldNotContain("-+");
    }

    [Fact]
    public void A_plot_s_lines_rise_with_the_score_and_stand_at_their_numbers_of_pictures()
    {
        var plot = XDocument.Parse(ScorePlot.Draw(
            "Scores & more", [new("anna", [(0, 0.25), (1, 0.5), (10, 1)]), new("ben", [(0, double.NaN), (1, 0.75)])], [new("mean", [(0, 0.25), (1, 0.625), (10, 1)])]));
        var lines = Titled(plot).ToDictionary(l => l.Name, l => l.Points);
        var anna = lines["anna"];
        anna.Length.ShouldBe(3);
        lines["ben"].ShouldHaveSingleItem().X.ShouldBe(anna[1].X);
        lines["mean"][0].ShouldBe(anna[0]);
        // Heights are linear in the score, distances in log(1 + number).
        (anna[1].Y - anna[2].Y).ShouldBe(2 * (anna[0].Y - anna[1].Y), 0.3);
        ((anna[2].X - anna[0].X) / (anna[1].X - anna[0].X)).ShouldBe(Math.Log(11) / Math.Log(2), 0.02);
        plot.Descendants().Select(e => e.Value).ShouldContain("Scores & more");
        plot.Descendants().Where(e => e.Name.LocalName == "text").Select(e => e.Value).ShouldBeSubsetOf(
            ["Scores & more", "labelled pictures per class", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7", "0.8", "0.9", "1.0", "0", "1", "10", "mean", "anna", "ben"]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(30)]
    public void A_plot_names_few_people_and_shows_many_as_a_crowd(int count)
    {
        var plot = XDocument.Parse(ScorePlot.Draw("t", [.. Enumerable.Range(0, count).Select(i => new ScoreLine($"p{i}", [(3, 0.5)]))], []));
        Titled(plot).Count().ShouldBe(count);
        string[] texts = [.. plot.Descendants().Where(e => e.Name.LocalName == "text").Select(e => e.Value)];
        texts.Contains("one person").ShouldBe(count > 8);
        texts.Count(t => t.StartsWith('p')).ShouldBe(count > 8 ? 0 : count);
        // A line of one point would not be seen.
        plot.Descendants().Count(e => e.Name.LocalName == "circle").ShouldBe(count);
    }

    [Fact]
    public void Pictures_of_one_shot_get_one_number_whatever_their_labels_and_other_people_s_stay()
    {
        var random = new Random(4);
        byte[][] scenes = [.. Enumerable.Range(0, 4).Select(_ => Noise(random))];
        List<PersonPicture> pictures =
        [
            Picture("anna", "happiness", scenes[0]), Picture("anna", "happiness", scenes[1]),
            Picture("ben", "neutral", scenes[1]),
            // The same shot once more: brighter, darker, with noise, and with another label.
            Picture("ben", "neutral", scenes[2]), Picture("ben", "neutral", [.. scenes[1].Select(v => (byte)((v * 0.7) + 30))]),
            Picture("ben", "sadness", [.. scenes[1].Select(v => (byte)Math.Clamp(v + random.Next(-6, 7), 0, 255))]), Picture("ben", "sadness", scenes[3]),
        ];
        pictures[0] = pictures[0] with { Shot = 77 };
        PersonPictures.NumberShots(pictures, 2);
        pictures[0].Shot.ShouldBe(77);
        int[] shots = [.. pictures.Skip(2).Select(p => p.Shot)];
        shots[2].ShouldBe(shots[0]);
        shots[3].ShouldBe(shots[0]);
        shots.Distinct().Count().ShouldBe(3);
    }

    [Fact]
    public void Shots_follow_from_neighbour_to_neighbour()
    {
        // A blend from one scene to another in small steps: its ends alone would not be taken for one shot.
        var random = new Random(4);
        var (a, b) = (Noise(random), Noise(random));
        List<PersonPicture> film = [.. Enumerable.Range(0, 9).Select(i => Picture("anna", "neutral", [.. a.Zip(b, (x, y) => (byte)(((x * (8 - i)) + (y * i)) / 8))]))];
        List<PersonPicture> ends = [film[0], film[^1]];
        PersonPictures.NumberShots(ends, 0);
        ends[0].Shot.ShouldNotBe(ends[1].Shot);
        PersonPictures.NumberShots(film, 0);
        film.Select(p => p.Shot).Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public void Another_look_at_a_face_moves_its_points_together()
    {
        var points = Points();
        PersonPictures.Jitter(points, 0, 0, 0, new Random(1)).ShouldBe(points);
        var distance = System.Numerics.Vector2.Distance;
        var random = new Random(2);
        for (var i = 0; i < 50; i++)
        {
            var moved = PersonPictures.Jitter(points, 5, 0, 0.1, random);
            distance(moved.LeftEye, moved.RightEye).ShouldBe(distance(points.LeftEye, points.RightEye), 1e-3);
            distance(moved.Mouth, moved.Nose).ShouldBe(distance(points.Mouth, points.Nose), 1e-3);
            moved.ShouldNotBe(points);
        }
    }

    [Theory]
    [InlineData("affwild2-frame-joint-shunting")]
    [InlineData("facechannels-joint-shunting")]
    public void Features_are_those_that_the_last_layer_reads_and_the_same_each_time(string name)
    {
        using var network = new SummaryNetwork(ModelDirectory.Default().Load(name));
        var random = new Random(6);
        ImmutableArray<PersonPicture> pictures =
        [
            Picture("anna", "happiness", Noise(random)) with { Shot = 3, Key = "1" }, Picture("anna", "boredom", Noise(random)), Picture("ben", "fear", Noise(random)) with { Key = "2" },
        ];
        var seen = new List<int>();
        var faces = PersonFeatures.Of(network, pictures, (done, _) => seen.Add(done), CancellationToken.None);
        seen.ShouldBe([1, 2, 3]);
        faces.Select(f => (f.Person, network.Model.Card.Classes[f.Expression], f.Shot)).ShouldBe([("anna", "happiness", 3), ("ben", "fear", 0)]);
        foreach (var face in faces)
        {
            face.Features.Length.ShouldBe(network.LastLayer.InputLength);
            face.General.Sum().ShouldBe(1, 1e-4f);
            var again = new float[face.General.Length];
            network.LastLayer.Forward(face.Features.AsSpan(), again, out _, out _);
            again.ShouldBe(face.General);
        }

        PersonFeatures.Of(network, [pictures[2]], null, CancellationToken.None).ShouldHaveSingleItem().Features.ShouldBe(faces[1].Features);
    }

    private static float[] Adapted(PersonSplit split, FaceFeatures face)
    {
        var profile = Profile.Create("anyone", _identity, DateTimeOffset.UnixEpoch).Add(
            split.Train.Select((f, i) => new ProfileSample { Features = f.Features, Episode = $"{i}", Stamp = i, Expression = f.Expression }), DateTimeOffset.UnixEpoch);
        var trained = new Adaptation(_general, _identity, Rehearsal()).Train(profile, new AdaptationOptions(), DateTimeOffset.UnixEpoch).Profile;
        float[] probabilities = [.. face.General];
        float arousal = 0, valence = 0;
        trained.ToPersonLayer(_general)?.Estimate(face.Features.AsSpan(), probabilities, ref arousal, ref valence);
        return probabilities;
    }

    private static double Right(FaceFeatures face, float[] probabilities) => Array.IndexOf(probabilities, probabilities.Max()) == face.Expression ? 1 : 0;

    private static double Balanced(ImmutableArray<FaceFeatures> faces, Func<FaceFeatures, float[]> estimate) =>
        faces.GroupBy(f => f.Expression).Average(g => g.Average(f => Right(f, estimate(f))));

    private static PersonalizationReport Run(BenchmarkPlan plan, FaceFeatures[]? people = null, FaceFeatures[]? valid = null) =>
        Benchmark(people ?? Everyone(), valid).Run(plan, (people ?? Everyone()).Length, null, CancellationToken.None);

    private static PersonalizationBenchmark Benchmark(FaceFeatures[] people, FaceFeatures[]? valid = null) =>
        new("small", _general, _identity, people, valid ?? [], Rehearsal());

    /// <summary>Three people who show two classes often and a third seldom.</summary>
    private static FaceFeatures[] Everyone()
    {
        var random = new Random(1);
        return [.. new[] { "anna", "ben", "dora" }.SelectMany(p => People(random, p, shots: 0, 14, 14, 4))];
    }

    /// <summary>Pictures of a person, so many of each class, in so many shots that may hold any of them; 0: a shot each.</summary>
    private static FaceFeatures[] People(Random random, string person, int shots, params int[] counts)
    {
        var next = 0;
        return [.. counts.SelectMany((count, c) => Enumerable.Range(0, count).Select(_ => Face(random, person, c, shots == 0 ? next++ : random.Next(2 * shots))))];
    }

    /// <summary>
    /// A face whose class shows a little where the general layer looks, in the first half of its values, and clearly in the
    /// second half, which that layer does not read.
    /// </summary>
    private static FaceFeatures Face(Random random, string person, int expression, int shot) =>
        Face(person, expression, shot, [.. Enumerable.Range(0, Length).Select(j => (0.6f * random.NextSingle()) + (j % 4 != expression ? 0 : j < Length / 2 ? 0.1f : 1))]);

    private static FaceFeatures Face(string person, int expression, int shot, ImmutableArray<float> features)
    {
        var probabilities = new float[4];
        _general.Forward(features.AsSpan(), probabilities, out _, out _);
        return new FaceFeatures(person, expression, shot, features, probabilities);
    }

    private static RehearsalSet Rehearsal()
    {
        FaceFeatures[] faces = Strangers(100, 3);
        return new RehearsalSet("bb", Length, [.. faces.SelectMany(f => f.Features)], [.. faces.Select(f => f.Expression)], [.. faces.Select(_ => 1f)]);
    }

    /// <summary>General faces: their classes show where the general layer looks.</summary>
    private static FaceFeatures[] Strangers(int count, int seed, float clarity = 1)
    {
        var random = new Random(seed);
        return
        [
            .. Enumerable.Range(0, count).Select(i => Face(
                "", i % 4, i, [.. Enumerable.Range(0, Length).Select(j => j >= Length / 2 ? 0 : (0.6f * random.NextSingle()) + (j % 4 == i % 4 ? clarity : 0))])),
        ];
    }

    private static IEnumerable<(string Name, (double X, double Y)[] Points)> Titled(XDocument plot) =>
        from line in plot.Descendants()
        where line.Name.LocalName == "polyline" && line.HasElements
        let places = line.Attribute("points")!.Value.Split(' ').Select(p => p.Split(',').Select(v => double.Parse(v, System.Globalization.CultureInfo.InvariantCulture)).ToArray())
        select (line.Elements().Single().Value, places.Select(p => (p[0], p[1])).ToArray());

    private static FaceKeypoints Points() => new(new(40, 40), new(80, 40), new(60, 60), new(60, 80), new(20, 45), new(100, 45));

    private static PersonPicture Picture(string person, string expression, byte[] values)
    {
        var frame = new ImageFrame();
        frame.Load("mono8", 120, 120, 120, false, values);
        return new PersonPicture(person, "", expression, frame, Points());
    }

    /// <summary>Coarse noise, which aligning and scaling leave as it is.</summary>
    private static byte[] Noise(Random random)
    {
        const int Side = 120, Cell = 15;
        byte[] cells = [.. Enumerable.Range(0, Side / Cell * Side / Cell).Select(_ => (byte)random.Next(20, 230))];
        return [.. Enumerable.Range(0, Side * Side).Select(i => cells[(i / Side / Cell * Side / Cell) + (i % Side / Cell)])];
    }

    private static NetworkGraph Small()
    {
        var builder = new NetworkBuilder("small");
        return builder.Build(builder.Image(1, 1, Length).Flatten().Dense("expression", 4, Activation.Softmax));
    }

    /// <summary>Each class is the sum of every fourth value of the first half.</summary>
    private static WeightSet Weights() => new(_graph.Parameters.Select(p => KeyValuePair.Create(
        p.Name,
        new WeightTensor(p.Shape, [.. Enumerable.Range(0, p.Count).Select(i => p.Role == ParameterRole.Kernel && i / 4 < Length / 2 && i / 4 % 4 == i % 4 ? 2f : 0)]))));
}
