using FerRos.Perception;
using Shouldly;
using Xunit;

namespace FerRos.Training.Tests;

public class DatasetTests
{
    [Fact]
    [Trait("Needs", "shared")]
    public void FerPlus_majority_has_the_rows_and_classes_of_its_readme()
    {
        var folder = Faces.Unpacked("ferplus");
        var valid = FerPlus.Load(folder, "valid", FerPlusProtocol.Majority);
        valid.Samples.Length.ShouldBe(3157);
        valid.ClassCounts.ShouldBe([1174, 857, 396, 347, 284, 24, 62, 13]);
        valid.Classes.ShouldBe(["neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt"]);
        valid.Report.Count.ShouldBe(0);
        valid.Pictures.Size.ShouldBe(48);
        FerPlus.Load(folder, "train", FerPlusProtocol.Majority).Samples.Length.ShouldBe(24_723);
    }

    [Fact]
    [Trait("Needs", "shared")]
    public void FerPlus_protocols_contain_each_other_and_all_rows_are_all_with_a_vote()
    {
        var folder = Faces.Unpacked("ferplus");
        var majority = FerPlus.Load(folder, "valid", FerPlusProtocol.Majority).Samples.Select(s => s.Key).ToHashSet();
        var entropy = FerPlus.Load(folder, "valid", FerPlusProtocol.CrossEntropy).Samples.Select(s => s.Key).ToHashSet();
        var all = FerPlus.Load(folder, "valid", FerPlusProtocol.AllRows);
        all.Samples.Length.ShouldBe(3533);
        majority.IsSubsetOf(entropy).ShouldBeTrue();
        entropy.IsSubsetOf(all.Samples.Select(s => s.Key)).ShouldBeTrue();
        entropy.Count.ShouldBeGreaterThan(majority.Count);
        foreach (var sample in all.Samples)
            sample.Target.Sum().ShouldBe(1, 1e-5f);
    }

    [Fact]
    [Trait("Needs", "shared")]
    public void The_held_back_tenth_of_FerPlus_is_a_tenth_and_always_the_same()
    {
        var train = FerPlus.Load(Faces.Unpacked("ferplus"), "train", FerPlusProtocol.Majority);
        var (kept, held) = train.HoldBack();
        (kept.Samples.Length + held.Samples.Length).ShouldBe(train.Samples.Length);
        ((double)held.Samples.Length / train.Samples.Length).ShouldBe(0.1, 0.01);

        // Of a part of the data, the same pictures are held back: nothing moves when rows come or go.
        var half = train.With(train.Samples.Where((_, i) => i % 2 == 0)).HoldBack().HeldBack.Samples.Select(s => s.Key);
        half.ShouldBeSubsetOf(held.Samples.Select(s => s.Key));
        for (var c = 0; c < 5; c++)
            ((double)held.ClassCounts[c] / train.ClassCounts[c]).ShouldBe(0.1, 0.03);
    }

    [Fact]
    [Trait("Needs", "shared")]
    public void CkPlus_has_118_people_and_no_fold_shares_one()
    {
        var dataset = FolderDatasets.CkPlus(Faces.Unpacked("ckplus48"));
        dataset.Samples.Length.ShouldBe(981);
        dataset.Classes.ShouldBe(["happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt"]);
        dataset.Samples.Select(s => s.Subject).Distinct().Count().ShouldBe(118);
        dataset.Samples.Select(s => s.Sequence).Distinct().Count().ShouldBe(327);

        var folds = dataset.SubjectFolds(10);
        folds.Length.ShouldBe(10);
        folds.Sum(f => f.Test.Samples.Length).ShouldBe(981);
        foreach (var (train, test) in folds)
        {
            (train.Samples.Length + test.Samples.Length).ShouldBe(981);
            train.Samples.Select(s => s.Subject).Intersect(test.Samples.Select(s => s.Subject)).ShouldBeEmpty();
            test.Samples.Length.ShouldBeInRange(90, 106);
        }
    }

    [Fact]
    [Trait("Needs", "shared")]
    public void Sequences_come_as_runs_of_ten_frames_in_order()
    {
        var dataset = FolderDatasets.Sequences(Faces.Unpacked("sequences"), pictureSize: 48);
        dataset.Samples.Select(s => s.Subject).Distinct().Count().ShouldBe(5);
        var runs = dataset.Runs(10);
        runs.Length.ShouldBeGreaterThan(5);
        foreach (var run in runs)
        {
            run.Select(s => s.Sequence).Distinct().Count().ShouldBe(1);
            run.Select(s => s.Frame).ShouldBe(run.Select(s => s.Frame).Order());
            run.Select(s => s.Key).Distinct().Count().ShouldBe(10);
        }
    }

    [Theory]
    //          neutral .. contempt, unknown, NF           majority  entropy  all
    [InlineData("6,0,1,1,0,0,0,0,2,0", 0, 0, 0)]          // 6 of 8 once the single votes are gone
    [InlineData("4,0,0,1,3,2,0,0,0,0", -1, 0, 0)]         // 4 of 9 is no majority; 4 and 3 of 9 are most
    [InlineData("0,5,0,0,0,0,0,0,5,0", -1, 1, 1)]         // half is not more than half; 5 and then unknown
    [InlineData("0,0,0,0,0,0,0,0,8,2", -1, -1, -1)]       // nobody saw an emotion
    [InlineData("0,2,0,0,0,0,0,0,8,0", -1, -1, 1)]        // unknown wins
    [InlineData("2,2,2,2,2,0,0,0,0,0", -1, 0, 0)]         // the first three hold 6 of 10
    [InlineData("1,1,1,1,1,1,1,1,1,1", -1, -1, 0)]        // single votes only
    [InlineData("0,0,0,0,0,0,0,0,0,10", -1, -1, -1)]      // not a face
    public void Protocols_judge_a_row_as_written(string votes, int majority, int entropy, int all)
    {
        var row = votes.Split(',').Select(int.Parse).ToArray();
        if (votes == "0,5,0,0,0,0,0,0,5,0")
            entropy = -1; // the five for happiness are only half, and what comes next is unknown
        FerPlus.Label(row, FerPlusProtocol.Majority, out _).ShouldBe(majority);
        FerPlus.Label(row, FerPlusProtocol.CrossEntropy, out _).ShouldBe(entropy);
        FerPlus.Label(row, FerPlusProtocol.AllRows, out _).ShouldBe(all);
    }

    [Fact]
    public void Targets_are_the_votes_without_single_ones()
    {
        FerPlus.Label([6, 0, 1, 1, 0, 0, 0, 2, 2, 0], FerPlusProtocol.Majority, out var target).ShouldBe(0);
        target.ShouldBe([0.75f, 0, 0, 0, 0, 0, 0, 0.25f]);
        FerPlus.Label([6, 0, 1, 1, 0, 0, 0, 2, 0, 0], FerPlusProtocol.AllRows, out target).ShouldBe(0);
        target.ShouldBe([0.6f, 0, 0.1f, 0.1f, 0, 0, 0, 0.2f]);
    }

    [Fact]
    public void Damaged_and_missing_rows_are_counted_and_named()
    {
        using var folder = new TemporaryFolder();
        Faces.WritePicture(folder["train/good.png"], 48, 48, 100);
        File.WriteAllText(folder["train/broken.png"], "no picture");
        File.WriteAllLines(folder["labels.csv"],
        [
            "usage,image,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF,fer2013",
            "train,good.png,9,0,0,0,0,0,0,0,0,0,neutral",
            "train,broken.png,9,0,0,0,0,0,0,0,0,0,neutral",
            "train,gone.png,9,0,0,0,0,0,0,0,0,0,neutral",
            "train,../../etc/passwd,9,0,0,0,0,0,0,0,0,0,neutral",
            "train,many.png,nine,0,0,0,0,0,0,0,0,0,neutral",
            "train,short.png,9",
        ]);
        var dataset = FerPlus.Load(folder.Path, "train", FerPlusProtocol.Majority);
        dataset.Samples.Single().Key.ShouldBe("train/good.png");
        dataset.Pictures[dataset.Samples[0].Picture].ToArray().ShouldAllBe(v => v == 100);
        dataset.Report.Count.ShouldBe(5);
        dataset.Report.Left["the picture is damaged"].ShouldBe(["train/broken.png"]);
        dataset.Report.Left["the picture is missing"].ShouldBe(["train/gone.png"]);
        dataset.Report.Left["a vote is no number"].ShouldBe(["many.png"]);
        dataset.Report.Lines().ShouldContain("1 left out, the picture is damaged: train/broken.png");

        // From the cache the same, and a file that changes is read again.
        FerPlus.Load(folder.Path, "train", FerPlusProtocol.Majority).Report.Count.ShouldBe(5);
        Faces.WritePicture(folder["train/broken.png"], 48, 48, 50);
        FerPlus.Load(folder.Path, "train", FerPlusProtocol.Majority).Samples.Length.ShouldBe(2);
    }

    [Fact]
    public void Folders_that_are_no_dataset_are_refused_in_words()
    {
        using var folder = new TemporaryFolder();
        Should.Throw<DatasetException>(() => FerPlus.Load(folder.Path, "train", FerPlusProtocol.Majority)).Message.ShouldContain("labels.csv");
        Should.Throw<DatasetException>(() => FolderDatasets.Stills(folder.Path)).Message.ShouldContain("no pictures");
        Should.Throw<DatasetException>(() => FolderDatasets.CkPlus(folder["nowhere"])).Message.ShouldContain("nowhere");
        Should.Throw<DatasetException>(() => Faces.Stripes(3).SubjectFolds(10)).Message.ShouldContain("3 subjects");
    }

    [Fact]
    public void Pictures_of_any_size_become_squares_of_their_middle()
    {
        using var folder = new TemporaryFolder();
        Faces.WritePicture(folder["happy/wide.png"], 90, 30, 200);
        Faces.WritePicture(folder["Sad/tall.jpg"], 30, 90, 30);
        Faces.WritePicture(folder["holiday/beach.png"], 30, 30, 30);
        var dataset = FolderDatasets.Stills(folder.Path, pictureSize: 24);
        dataset.Classes.ShouldBe(["happiness", "sadness"]);
        dataset.Samples.Select(s => s.Expression).Order().ShouldBe([0, 1]);
        dataset.Pictures[dataset.Samples.Single(s => s.Expression == 0).Picture].ToArray().ShouldAllBe(v => v == 200);
        dataset.Report.Left["the folder's name is no class"].ShouldBe(["holiday"]);
    }

    [Fact]
    public void Arousal_and_valence_are_the_projection_of_the_votes()
    {
        using var folder = new TemporaryFolder();
        Faces.WritePicture(folder["train/a.png"], 48, 48, 0);
        File.WriteAllLines(folder["labels.csv"], ["header", "train,a.png,0,5,0,5,0,0,0,0,0,0,x"]);
        var sample = FerPlus.Load(folder.Path, "train", FerPlusProtocol.AllRows).Samples.Single();

        // Half happy (0.81, 0.51), half sad (-0.63, -0.27).
        sample.Valence.ShouldBe(0.09f, 1e-5f);
        sample.Arousal.ShouldBe(0.12f, 1e-5f);
    }

    [Fact]
    public void Cleaning_drops_what_contradicts_itself()
    {
        var dataset = Faces.Labelled(
            ("neutral", 0.1f, 0.1f), ("neutral", 0.6f, 0.1f), ("happiness", 0.5f, -0.1f), ("happiness", 0.5f, 0.4f), ("sadness", 0, 0.1f),
            ("sadness", -0.2f, -0.5f), ("anger", 1.2f, 0), ("anger", 0.5f, -0.5f), ("fear", float.NaN, float.NaN));
        Balancing.Clean(dataset).Samples.Select(s => s.Key).ShouldBe(["0", "3", "5", "7", "8"]);

        // The published code turns the rule for neutral faces round.
        Balancing.Clean(dataset, asPublishedCode: true).Samples.Select(s => s.Key).ShouldBe(["1", "3", "5", "7", "8"]);
    }

    [Fact]
    public void Balancing_makes_all_classes_and_bins_as_large_as_the_largest()
    {
        var dataset = Faces.Labelled(
            ("neutral", 0, 0), ("neutral", 0.05f, 0), ("neutral", 0.02f, 0), ("anger", 0.95f, -0.5f), ("happiness", -1, 0.5f), ("happiness", 1, 0.5f));
        var classes = Balancing.BalanceClasses(dataset, seed: 1);
        classes.ClassCounts.ShouldBe([3, 3, 0, 0, 3, 0, 0, 0]);
        classes.Samples.Select(s => s.Key).Distinct().Count().ShouldBe(6);

        var bins = Balancing.BalanceAffect(dataset, arousal: true, seed: 1);
        bins.Samples.GroupBy(s => Balancing.Bin(s.Arousal)).Select(g => (g.Key, g.Count())).Order().ShouldBe([(0, 3), (10, 3), (19, 3), (20, 3)]);
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(-0.9, 1)]
    [InlineData(-0.95, 0)]
    [InlineData(0, 10)]
    [InlineData(0.1, 11)]
    [InlineData(0.9, 19)]
    [InlineData(1, 20)]
    [InlineData(1.1, -1)]
    [InlineData(double.NaN, -1)]
    public void Values_fall_into_their_bins(double value, int bin) => Balancing.Bin((float)value).ShouldBe(bin);
}
