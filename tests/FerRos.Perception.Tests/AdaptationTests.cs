using System.Collections.Immutable;
using FerRos.Inference;
using FerRos.Networks;
using FerRos.Networks.Tests;
using FerRos.Perception.Adapting;

namespace FerRos.Perception.Tests;

public sealed class AdaptationTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    private static readonly NetworkGraph Graph = Small();
    private static readonly LastLayer General = LastLayer.Create(Graph, RandomWeights.For(Graph, 2));
    private static readonly NetworkIdentity Identity = new("small", "aa", "bb", ["neutral", "happiness", "surprise", "sadness"], 24);

    [Fact]
    public void One_expression_is_stored_and_nothing_is_trained()
    {
        AdaptationResult result = Train(Samples(0, 5, 0));
        result.Outcome.ShouldBe(AdaptationOutcome.StoredOnly);
        result.Profile.IsActive.ShouldBeFalse();
        result.Profile.Samples.Length.ShouldBe(5);
        result.Message.ShouldContain("neutral");
    }

    [Fact]
    public void A_person_who_shows_classes_in_their_own_way_is_learnt()
    {
        // The person's faces lie where the general layer sees other classes.
        ImmutableArray<ProfileSample> samples = [.. Enumerable.Range(1, 3).SelectMany(e => Samples(0, 12, e).AddRange(Samples(1, 12, 10 + e)))];
        AdaptationResult result = Train(samples, new AdaptationOptions { Steps = 200 });
        result.Outcome.ShouldBe(AdaptationOutcome.Activated, result.Message);
        result.Scores.AccuracyAfter.ShouldBeGreaterThan(result.Scores.AccuracyBefore);
        result.Scores.LossAfter.ShouldBeLessThan(result.Scores.LossBefore);
        PersonLayer layer = result.Profile.ToPersonLayer(General)!;
        Accuracy(layer, [.. Samples(0, 20, 77), .. Samples(1, 20, 78)]).ShouldBeGreaterThan(Accuracy(null, [.. Samples(0, 20, 77), .. Samples(1, 20, 78)]));
    }

    [Fact]
    public void A_layer_that_is_worse_on_what_is_held_back_is_not_used()
    {
        // The newest episode of each class, which is held back, says the opposite of those before.
        ImmutableArray<ProfileSample> samples =
        [
            .. Enumerable.Range(0, 5).SelectMany(e => Samples(0, 10, 10 + e).AddRange(Samples(1, 10, 20 + e))
                .Select(s => s with { Expression = e < 4 ? 1 - s.Expression : s.Expression, Episode = $"{e}-{(e < 4 ? 1 - s.Expression : s.Expression)}" })),
        ];
        AdaptationResult result = Train(samples, new AdaptationOptions { Pull = 0, Rehearsal = 0, PriorFloor = 1, Steps = 100, ShareSamples = 0 });
        result.Outcome.ShouldBe(AdaptationOutcome.NotActivated, result.Message);
        result.Profile.Layer.ShouldBeNull();
        result.Profile.IsActive.ShouldBeFalse();
    }

    [Fact]
    public void A_layer_that_costs_general_faces_more_than_allowed_is_mixed_in_less()
    {
        ImmutableArray<ProfileSample> samples = [.. Samples(0, 3, 1), .. Samples(1, 3, 2)];
        var options = new AdaptationOptions { Steps = 2000, Rehearsal = 0, Pull = 0, ShareSamples = 0, MaxRehearsalLoss = 0 };
        AdaptationResult free = Train(samples, options with { MaxRehearsalLoss = 1 });
        (free.Outcome, free.Profile.Share).ShouldBe((AdaptationOutcome.Activated, 1f));
        free.Scores.RehearsalAfter.ShouldBeLessThan(free.Scores.RehearsalBefore - 0.01f, "the samples are such that it costs something");
        AdaptationResult bound = Train(samples, options);
        bound.Outcome.ShouldBe(AdaptationOutcome.Activated);
        bound.Profile.Share.ShouldBeOneOf(0.5f, 0.25f);
        bound.Scores.RehearsalAfter.ShouldBeGreaterThanOrEqualTo(bound.Scores.RehearsalBefore);
    }

    [Fact]
    public void A_layer_that_costs_general_faces_too_much_even_at_a_quarter_is_not_used()
    {
        // Faces as general ones are, of which the person says otherwise.
        var random = new Random(8);
        ImmutableArray<ProfileSample> samples =
        [
            .. Enumerable.Range(0, 40).Select(i => new ProfileSample { Features = Noise(random), Episode = $"e{i}", Stamp = i }).Select(s => s with { Expression = Ranked(s, s.Stamp % 8 == 0 ? 2 : 1) }),
        ];
        AdaptationResult result = Train(
            samples, new AdaptationOptions { Steps = 3000, Rate = 2, Rehearsal = 0, Pull = 0, ShareSamples = 0, MinHeldBack = 1000, PriorFloor = 1 });
        result.Outcome.ShouldBe(AdaptationOutcome.NotActivated, result.Message);
        result.Profile.Layer.ShouldBeNull();
        result.Profile.Share.ShouldBe(0);
        result.Message.ShouldContain("points on general faces");
        result.Scores.RehearsalAfter.ShouldBeLessThan(result.Scores.RehearsalBefore - 0.01f);

        static int Ranked(ProfileSample sample, int place) => Enumerable.Range(0, 4).OrderByDescending(c => Probabilities(sample.Features)[c]).ElementAt(place);
    }

    [Fact]
    public void Frames_of_an_episode_and_classes_that_are_shown_more_often_do_not_count_more()
    {
        var options = new AdaptationOptions { MinHeldBack = 1000, MaxRehearsalLoss = 1 };
        ImmutableArray<ProfileSample> samples = [.. Samples(0, 3, 1), .. Samples(0, 4, 2), .. Samples(1, 3, 3)];
        // One episode three times as long, by the same frames again.
        ImmutableArray<ProfileSample> longer = [.. samples, .. Samples(0, 4, 2), .. Samples(0, 4, 2)];
        Distance(Train(samples, options).Profile.Layer!, Train(longer, options).Profile.Layer!).ShouldBeLessThan(1e-4);
    }

    [Fact]
    public void The_pull_keeps_the_layer_near_the_general_one()
    {
        var options = new AdaptationOptions { MinHeldBack = 1000, MaxRehearsalLoss = 1, Rehearsal = 0 };
        ImmutableArray<ProfileSample> samples = [.. Samples(0, 3, 1), .. Samples(1, 3, 2)];
        double free = Distance(Train(samples, options with { Pull = 0 }).Profile.Layer!, General.ToWeightSet());
        double pulled = Distance(Train(samples, options with { Pull = 1 }).Profile.Layer!, General.ToWeightSet());
        pulled.ShouldBeLessThan(free / 2);
    }

    [Fact]
    public void Rehearsal_keeps_what_is_said_of_general_faces()
    {
        var options = new AdaptationOptions { MinHeldBack = 1000, MaxRehearsalLoss = 1, Pull = 0 };
        ImmutableArray<ProfileSample> samples = [.. Samples(0, 3, 1), .. Samples(1, 3, 2)];
        (Change(with: 3)).ShouldBeLessThan(Change(with: 0) / 2);

        double Change(double with)
        {
            PersonLayer layer = new("anna", Train(samples, options with { Rehearsal = with }).Profile.ToPersonLayer(General)!.Layer);
            var random = new Random(44);
            return Enumerable.Range(0, 50).Select(_ => Noise(random)).Average(f => Probabilities(f, layer).Zip(Probabilities(f), (a, b) => Math.Abs(a - b)).Sum());
        }
    }

    [Fact]
    public void What_the_prior_says_is_not_learnt_a_second_time()
    {
        var options = new AdaptationOptions { MinHeldBack = 1000, MaxRehearsalLoss = 1, Rehearsal = 0, Pull = 0 };
        ImmutableArray<ProfileSample> samples = [.. Samples(0, 3, 1), .. Samples(1, 3, 2)];
        // The classes that were not shown: with a prior there is less to learn of them.
        Unshown(prior: 0.01).ShouldBeLessThan(Unshown(prior: 1) / 2);

        double Unshown(double prior)
        {
            ReadOnlySpan<float> bias = Train(samples, options with { PriorFloor = prior }).Profile.Layer!["expression/bias"].Values;
            ReadOnlySpan<float> general = General.ToWeightSet()["expression/bias"].Values;
            return Math.Abs(bias[2] - general[2]) + Math.Abs(bias[3] - general[3]);
        }
    }

    [Theory]
    [InlineData(3, 1, 0.5f)]
    [InlineData(3, 2, 2 / 3f)]
    [InlineData(10, 10, 0.75f)]
    public void The_fewer_looks_the_smaller_the_share(int first, int second, float share)
    {
        AdaptationResult result = Train([.. Samples(0, first, 1), .. Samples(1, second, 2)], new AdaptationOptions { MaxRehearsalLoss = 1 });
        result.Profile.Share.ShouldBe(share, 1e-6f);
    }

    [Fact]
    public void The_number_of_steps_is_the_best_on_what_is_held_back()
    {
        // So few and so noisy that what is learnt by heart is soon of no use for others.
        var random = new Random(12);
        ImmutableArray<ProfileSample> samples =
        [
            .. Enumerable.Range(0, 48).Select(i => new ProfileSample
            {
                Features = [.. Noise(random).Select((v, j) => (3 * v) + (j % 4 == i % 2 ? 0.5f : 0))], Episode = $"e{i / 6}-{i % 2}", Stamp = i, Expression = i % 2,
            }),
        ];
        var options = new AdaptationOptions { Steps = 1000, Rehearsal = 0, Pull = 0, PriorFloor = 1, ShareSamples = 0, MaxRehearsalLoss = 1 };
        AdaptationResult result = Train(samples, options);
        result.Outcome.ShouldBe(AdaptationOutcome.Activated, result.Message);
        result.Steps.ShouldBeInRange(4, 500);
        // As many steps at most lead there, too: nothing after them was looked at.
        AdaptationResult shorter = Train(samples, options with { Steps = result.Steps });
        (shorter.Steps, shorter.Scores.LossAfter).ShouldBe((result.Steps, result.Scores.LossAfter));
        Distance(shorter.Profile.Layer!, result.Profile.Layer!).ShouldBe(0);
    }

    [Fact]
    public void Of_one_expression_with_arousal_and_valence_only_these_are_learnt()
    {
        AdaptationResult result = Train(
            [.. Samples(1, 12, 1).Select(s => s with { Arousal = -0.6f, Valence = -0.6f })], new AdaptationOptions { Steps = 100, Rehearsal = 0 });
        result.Outcome.ShouldBe(AdaptationOutcome.Activated, result.Message);
        result.Profile.ClassWeights.ShouldBeEmpty();
        foreach (string name in new[] { "expression/kernel", "expression/bias" })
            result.Profile.Layer![name].Values.SequenceEqual(General.ToWeightSet()[name].Values).ShouldBeTrue(name);
        result.Profile.Layer!["arousal/bias"].Values.SequenceEqual(General.ToWeightSet()["arousal/bias"].Values).ShouldBeFalse();
    }

    [Fact]
    public void Where_too_little_can_be_held_back_accuracies_are_unknown()
    {
        AdaptationResult result = Train([.. Samples(0, 3, 1), .. Samples(1, 3, 2)]);
        float.IsNaN(result.Scores.AccuracyBefore).ShouldBeTrue();
        float.IsNaN(result.Scores.LossAfter).ShouldBeTrue();
        result.Message.ShouldContain("Too few");
    }

    [Fact]
    public void A_layer_that_nothing_can_check_is_not_used()
    {
        // Without general faces what is held back is all there is to say that a layer does no harm.
        var adaptation = new Adaptation(General, Identity, null);
        AdaptationResult alone = adaptation.Train(Of([.. Samples(0, 3, 1), .. Samples(1, 3, 2)]), new AdaptationOptions(), Now, null, TestContext.Current.CancellationToken);
        alone.Outcome.ShouldBe(AdaptationOutcome.NotActivated);
        alone.Profile.Layer.ShouldBeNull();
        alone.Profile.ClassWeights.ShouldNotBeEmpty();
        alone.Message.ShouldContain("neither enough held-back samples nor general faces");

        AdaptationResult held = adaptation.Train(
            Of([.. Samples(0, 12, 1), .. Samples(0, 12, 2), .. Samples(1, 12, 3), .. Samples(1, 12, 4)]), new AdaptationOptions(), Now, null, TestContext.Current.CancellationToken);
        held.Outcome.ShouldBe(AdaptationOutcome.Activated, held.Message);

        static Profile Of(ImmutableArray<ProfileSample> samples) => Profile.Create("anna", Identity, Now).Add(samples, Now);
    }

    [Fact]
    public void No_class_is_ever_excluded()
    {
        AdaptationResult result = Train([.. Samples(0, 3, 1), .. Samples(1, 3, 2)], new AdaptationOptions { PriorFloor = 0.05 });
        result.Profile.ClassWeights.ShouldBe([1, 1, 0.05f, 0.05f]);
        PersonLayer layer = result.Profile.ToPersonLayer(General)!;
        foreach (ProfileSample sample in Samples(2, 10, 9))
        {
            var probabilities = new float[4];
            General.Forward(sample.Features.AsSpan(), probabilities, out float arousal, out float valence);
            layer.Estimate(sample.Features.AsSpan(), probabilities, ref arousal, ref valence);
            probabilities.ShouldAllBe(p => p > 0);
            probabilities.Sum().ShouldBe(1, 1e-4f);
        }
    }

    [Fact]
    public void Affect_alone_is_learnt_without_touching_the_expressions_prior()
    {
        var random = new Random(5);
        ImmutableArray<ProfileSample> samples =
        [
            .. Enumerable.Range(0, 20).Select(i => new ProfileSample
            {
                Features = Noise(random), Episode = $"e{i / 5}", Stamp = i, Arousal = 0.8f, Valence = -0.6f,
            }),
        ];
        AdaptationResult result = Train(samples, new AdaptationOptions { Steps = 200, Rehearsal = 0 });
        result.Profile.ClassWeights.ShouldBeEmpty();
        result.Outcome.ShouldBe(AdaptationOutcome.Activated, result.Message);
        PersonLayer layer = result.Profile.ToPersonLayer(General)!;
        double before = 0;
        double after = 0;
        foreach (ProfileSample sample in samples)
        {
            var probabilities = new float[4];
            General.Forward(sample.Features.AsSpan(), probabilities, out float arousal, out float valence);
            before += Math.Pow(arousal - 0.8, 2) + Math.Pow(valence + 0.6, 2);
            layer.Estimate(sample.Features.AsSpan(), probabilities, ref arousal, ref valence);
            after += Math.Pow(arousal - 0.8, 2) + Math.Pow(valence + 0.6, 2);
        }

        after.ShouldBeLessThan(before / 2);
    }

    [Fact]
    public void The_same_samples_give_the_same_layer()
    {
        ImmutableArray<ProfileSample> samples = [.. Samples(0, 3, 1), .. Samples(1, 3, 2)];
        WeightSet a = Train(samples).Profile.Layer!;
        WeightSet b = Train(samples).Profile.Layer!;
        foreach ((string name, WeightTensor tensor) in a.Tensors)
            tensor.Values.SequenceEqual(b[name].Values).ShouldBeTrue(name);
    }

    [Fact]
    public async Task Training_can_be_cancelled_between_two_steps()
    {
        using var stop = new CancellationTokenSource();
        Profile profile = Profile.Create("anna", Identity, Now).Add([.. Samples(0, 3, 1), .. Samples(1, 3, 2)], Now);
        int steps = 0;
        Task<AdaptationResult> training = Adaptation().TrainInBackground(
            profile, new AdaptationOptions { Steps = 10_000 }, Now, _ =>
            {
                if (++steps == 3)
                    stop.Cancel();
            }, cancellation: stop.Token);
        await Should.ThrowAsync<OperationCanceledException>(() => training);
        steps.ShouldBe(3);
    }

    [Fact]
    public async Task Training_waits_while_a_picture_is_looked_at_but_not_for_ever()
    {
        Profile profile = Profile.Create("anna", Identity, Now).Add([.. Samples(0, 3, 1), .. Samples(1, 3, 2)], Now);
        var options = new AdaptationOptions { Steps = 5 };
        var gate = new PictureGate();
        gate.Enter();
        int steps = 0;
        int stepsWhileLeft = 0;
        Task<AdaptationResult> training = Adaptation().TrainInBackground(
            profile, options, Now, step =>
            {
                steps++;
                if (!gate.IsBusy)
                    stepsWhileLeft++;
                // A camera whose pictures follow each other without a gap, but for one.
                if (step.Step == 3)
                    gate.Leave();
                else
                    gate.Enter();
            }, gate, TestContext.Current.CancellationToken);
        AdaptationResult result = await training;
        (steps, stepsWhileLeft).ShouldBe((5, 1));
        foreach ((string name, WeightTensor tensor) in Train([.. profile.Samples], options).Profile.Layer!.Tensors)
            tensor.Values.SequenceEqual(result.Profile.Layer![name].Values).ShouldBeTrue(name);
    }

    [Fact]
    public void Samples_of_another_encoder_are_refused()
    {
        Profile profile = Profile.Create("anna", Identity with { Encoder = "x" }, Now).Add([.. Samples(0, 3, 1), .. Samples(1, 3, 2)], Now);
        Should.Throw<ProfileException>(() => Adaptation().Train(profile, new AdaptationOptions(), Now)).Error.ShouldBe(ProfileError.OtherWeights);
    }

    [Fact]
    public void Splits_keep_neighbours_together()
    {
        var options = new AdaptationOptions { MinHeldBack = 5, HeldBack = 0.25, Gap = 3 };
        var gen = new Random(1);
        for (int i = 0; i < 300; i++)
        {
            ImmutableArray<ProfileSample> samples =
            [
                .. Enumerable.Range(0, gen.Next(1, 4)).SelectMany(c => Enumerable.Range(0, gen.Next(1, 5)).SelectMany(e =>
                    Enumerable.Range(0, gen.Next(1, 30)).Select(s => new ProfileSample { Features = [0], Episode = $"{c}-{e}", Stamp = s, Expression = c }))),
            ];
            SampleSplit split = SampleSplit.Make(samples, options);
            split.Train.Intersect(split.Held).ShouldBeEmpty();
            foreach (IGrouping<int, ProfileSample> ofClass in samples.GroupBy(s => s.Expression))
            {
                split.Train.Any(s => s.Expression == ofClass.Key).ShouldBeTrue();
                split.Held.Count(s => s.Expression == ofClass.Key).ShouldBeLessThanOrEqualTo(ofClass.Count() / 2);
                int[] lengths = [.. ofClass.GroupBy(s => s.Episode).Select(e => e.Count())];
                bool isWhole = lengths.Any(length => length >= options.MinHeldBack && 2 * length <= lengths.Sum());
                if (isWhole)
                    split.Held.Count(s => s.Expression == ofClass.Key).ShouldBeGreaterThanOrEqualTo(options.MinHeldBack);
                foreach (IGrouping<string, ProfileSample> episode in ofClass.GroupBy(s => s.Episode))
                {
                    long[] train = [.. split.Train.Where(s => s.Episode == episode.Key).Select(s => s.Stamp)];
                    long[] held = [.. split.Held.Where(s => s.Episode == episode.Key).Select(s => s.Stamp)];
                    if (train.Length == 0 || held.Length == 0)
                        continue;
                    isWhole.ShouldBeFalse();
                    (held.Min() - train.Max()).ShouldBeGreaterThan(options.Gap);
                }
            }
        }
    }

    [Theory]
    [InlineData(new[] { 20, 20 }, new[] { 0, 20 })]
    [InlineData(new[] { 30, 10 }, new[] { 0, 10 })]
    [InlineData(new[] { 10, 30 }, new[] { 10, 0 })]
    [InlineData(new[] { 20, 20, 4 }, new[] { 0, 20, 0 })]
    [InlineData(new[] { 5, 20, 20 }, new[] { 5, 0, 0 })]
    [InlineData(new[] { 20, 20, 20 }, new[] { 0, 0, 20 })]
    [InlineData(new[] { 40 }, new[] { 10 })]
    [InlineData(new[] { 3, 60 }, new[] { 0, 16 })]
    [InlineData(new[] { 23 }, new[] { 0 })]
    [InlineData(new[] { 4, 4 }, new[] { 0, 0 })]
    [InlineData(new[] { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 }, new[] { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 })]
    public void Whole_episodes_are_held_back_where_there_are_several_and_otherwise_the_end_of_one(int[] episodes, int[] held)
    {
        ImmutableArray<ProfileSample> samples =
            [.. episodes.SelectMany((count, e) => Enumerable.Range(0, count).Select(s => new ProfileSample { Features = [0], Episode = $"{e}", Stamp = s, Expression = 0 }))];
        SampleSplit split = SampleSplit.Make(samples, new AdaptationOptions());
        episodes.Select((_, e) => split.Held.Count(s => s.Episode == $"{e}")).ShouldBe(held);
        split.IsMeasured(5).ShouldBe(held.Sum() >= 5);
    }

    [Fact]
    public void Two_episodes_of_each_class_are_enough_to_measure_a_layer()
    {
        AdaptationResult result = Train([.. new[] { 0, 1 }.SelectMany(c => Samples(c, 20, 1).AddRange(Samples(c, 20, 2)))]);
        float.IsNaN(result.Scores.AccuracyBefore).ShouldBeFalse(result.Message);
        float.IsNaN(result.Scores.LossAfter).ShouldBeFalse();
    }

    [Fact]
    public void A_short_episode_of_arousal_and_valence_does_not_keep_expressions_from_being_measured()
    {
        ImmutableArray<ProfileSample> affect = [.. Samples(2, 3, 9).Select(s => s with { Expression = -1, Arousal = 0.5f, Valence = 0.5f })];
        AdaptationResult result = Train([.. Samples(0, 40, 1), .. Samples(1, 40, 2), .. affect]);
        float.IsNaN(result.Scores.AccuracyBefore).ShouldBeFalse(result.Message);
    }

    [Fact]
    public void What_is_in_use_stays_in_use_where_a_new_layer_is_not_better()
    {
        AdaptationOptions options = new() { Steps = 200 };
        AdaptationResult first = Train([.. Enumerable.Range(1, 3).SelectMany(e => Samples(0, 12, e).AddRange(Samples(1, 12, 10 + e)))], options);
        first.Outcome.ShouldBe(AdaptationOutcome.Activated, first.Message);

        // Somebody called the expressions by each other's names, several times over: only the newest episodes are right.
        Profile mistaken = first.Profile.Add(
            [
                .. Enumerable.Range(30, 12).SelectMany(e => Samples(0, 12, e).AddRange(Samples(1, 12, 50 + e))).Select(s => s with { Expression = 1 - s.Expression }),
                .. Enumerable.Range(80, 6).SelectMany(e => Samples(0, 12, e).AddRange(Samples(1, 12, 50 + e))),
            ], Now);
        AdaptationResult second = Adaptation().Train(mistaken, options, Now.AddDays(1), cancellation: TestContext.Current.CancellationToken);
        second.Outcome.ShouldBe(AdaptationOutcome.NotActivated, second.Message);
        second.Message.ShouldContain("the one before stays in use");
        second.Profile.Samples.Length.ShouldBe(mistaken.Samples.Length);
        (second.Profile.Share, second.Profile.Adapted).ShouldBe((first.Profile.Share, first.Profile.Adapted));
        foreach ((string name, WeightTensor tensor) in first.Profile.Layer!.Tensors)
            tensor.Values.SequenceEqual(second.Profile.Layer![name].Values).ShouldBeTrue(name);
    }

    [Fact]
    public void What_is_in_use_is_taken_off_when_what_is_held_back_speaks_against_it()
    {
        ImmutableArray<ProfileSample> wrong =
            [.. Enumerable.Range(1, 3).SelectMany(e => Samples(0, 12, e).AddRange(Samples(1, 12, 10 + e))).Select(s => s with { Expression = 1 - s.Expression })];
        AdaptationOptions options = new() { Steps = 200 };
        AdaptationResult first = Train(wrong, options);
        first.Outcome.ShouldBe(AdaptationOutcome.Activated, first.Message);
        // Held back are the newest episodes, which are right.
        Profile profile = first.Profile.Add(Enumerable.Range(30, 3).SelectMany(e => Samples(0, 12, e).AddRange(Samples(1, 12, 50 + e))), Now);
        AdaptationResult second = Adaptation().Train(profile, options, Now, cancellation: TestContext.Current.CancellationToken);
        second.Outcome.ShouldBe(AdaptationOutcome.NotActivated, second.Message);
        second.Profile.Layer.ShouldBeNull(second.Message);
        second.Profile.Share.ShouldBe(0);
    }

    [Fact]
    public void Affect_on_held_back_samples_is_told_as_an_error_and_not_as_too_few_samples()
    {
        var random = new Random(5);
        AdaptationResult result = Train(
            [.. Enumerable.Range(0, 60).Select(i => new ProfileSample { Features = Noise(random), Episode = $"e{i / 20}", Stamp = i, Arousal = 0.8f })]);
        float.IsNaN(result.Scores.LossBefore).ShouldBeFalse();
        result.Message.ShouldContain("squared error");
        result.Message.ShouldNotContain("Too few");
    }

    [Fact]
    public void Expressions_and_affect_are_learnt_in_one_training()
    {
        // Episodes with both labels, with one of the two, and with the other.
        ImmutableArray<ProfileSample> samples =
        [
            .. Enumerable.Range(1, 3).SelectMany(e => Samples(0, 12, e).AddRange(Samples(1, 12, 10 + e))
                .Select(s => e == 1 ? s with { Arousal = -0.6f, Valence = -0.6f } : s)),
            .. Samples(1, 12, 20).Select(s => s with { Expression = -1, Arousal = -0.6f, Valence = -0.6f }),
        ];
        AdaptationResult result = Train(samples, new AdaptationOptions { Steps = 200, Rehearsal = 0.3 });
        result.Outcome.ShouldBe(AdaptationOutcome.Activated, result.Message);
        PersonLayer layer = result.Profile.ToPersonLayer(General)!;
        ImmutableArray<ProfileSample> unseen = [.. Samples(0, 20, 77), .. Samples(1, 20, 78)];
        Accuracy(layer, unseen).ShouldBeGreaterThan(Accuracy(null, unseen));
        (double before, double after) = (AffectError(null, unseen, -0.6), AffectError(layer, unseen, -0.6));
        after.ShouldBeLessThan(0.8 * before);
    }

    [Fact]
    public void A_stored_layer_that_does_not_fit_the_network_is_told_as_a_damaged_profile()
    {
        Profile profile = Profile.Create("anna", Identity, Now).Add([.. Samples(0, 3, 1), .. Samples(1, 3, 2)], Now) with
        {
            Layer = new WeightSet([new("expression/kernel", new WeightTensor([2, 2], [1, 2, 3, 4]))]),
            Share = 1,
        };
        ProfileException refused = Should.Throw<ProfileException>(() => profile.ToPersonLayer(General));
        refused.Error.ShouldBe(ProfileError.Damaged);
        refused.Message.ShouldContain("'anna'");
    }

    [Fact]
    public void A_rehearsal_set_is_read_as_it_was_written_and_of_its_encoder_alone()
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            RehearsalSet set = Rehearsal();
            set.Save(path);
            RehearsalSet read = RehearsalSet.Load(path, Identity);
            read.Count.ShouldBe(set.Count);
            read.Label(3).ShouldBe(set.Label(3));
            read.Features(3).ToArray()[5].ShouldBe(set.Features(3)[5], 1e-3f);
            Should.Throw<WeightsException>(() => RehearsalSet.Load(path, Identity with { Encoder = "x" })).Message.ShouldContain("encoder");
            Should.Throw<WeightsException>(() => RehearsalSet.Load(path, Identity with { FeatureLength = 25 }));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Options_out_of_range_are_refused_by_their_parameter()
    {
        Should.Throw<InvalidOptionException>(() => new AdaptationOptions { PriorFloor = 0 }.Validate()).Parameter.ShouldBe("adaptation.prior");
        Should.Throw<InvalidOptionException>(() => new AdaptationOptions { Rate = double.NaN }.Validate()).Parameter.ShouldBe("adaptation.rate");
        Should.Throw<InvalidOptionException>(() => new AdaptationOptions { Steps = 0 }.Validate()).Parameter.ShouldBe("adaptation.steps");
        new AdaptationOptions().Validate();
    }

    [Fact]
    public void A_person_s_layer_with_share_and_weights_mixes_as_its_formula_says()
    {
        LastLayer other = LastLayer.Create(Graph, RandomWeights.For(Graph, 9));
        var layer = new PersonLayer("anna", other, 0.25f, [1, 0.5f, 0.1f, 1]);
        ImmutableArray<float> features = Noise(new Random(4));
        var (general, adapted, mixed) = (new float[4], new float[4], new float[4]);
        General.Forward(features.AsSpan(), general, out float ga, out float gv);
        other.Forward(features.AsSpan(), adapted, out float aa, out float av);
        general.CopyTo(mixed, 0);
        (float arousal, float valence) = (ga, gv);
        layer.Estimate(features.AsSpan(), mixed, ref arousal, ref valence);
        float[] expected = [.. Enumerable.Range(0, 4).Select(c => layer.ClassWeights[c] * ((0.75f * general[c]) + (0.25f * adapted[c])))];
        for (int c = 0; c < 4; c++)
            mixed[c].ShouldBe(expected[c] / expected.Sum(), 1e-5f);
        arousal.ShouldBe((0.75f * ga) + (0.25f * aa), 1e-5f);
        valence.ShouldBe((0.75f * gv) + (0.25f * av), 1e-5f);
        Should.Throw<ArgumentException>(() => new PersonLayer("anna", other, 1, [1, 0, 1, 1]));
        Should.Throw<ArgumentException>(() => new PersonLayer("anna", other, float.NaN));
    }

    private static AdaptationResult Train(ImmutableArray<ProfileSample> samples, AdaptationOptions? options = null) =>
        Adaptation().Train(Profile.Create("anna", Identity, Now).Add(samples, Now), options ?? new AdaptationOptions(), Now);

    private static Adaptation Adaptation() => new(General, Identity, Rehearsal());

    private static RehearsalSet Rehearsal()
    {
        var random = new Random(6);
        const int Count = 60;
        float[] features = [.. Enumerable.Range(0, Count).SelectMany(_ => Noise(random))];
        var labels = new int[Count];
        var probabilities = new float[4];
        for (int i = 0; i < Count; i++)
        {
            General.Forward(features.AsSpan(i * 24, 24), probabilities, out _, out _);
            labels[i] = Array.IndexOf(probabilities, probabilities.Max());
        }

        return new RehearsalSet("bb", 24, features, labels, [.. Enumerable.Repeat(1f, Count)]);
    }

    private static double Accuracy(PersonLayer? layer, ImmutableArray<ProfileSample> samples) => samples.Average(s =>
    {
        var probabilities = new float[4];
        General.Forward(s.Features.AsSpan(), probabilities, out float arousal, out float valence);
        layer?.Estimate(s.Features.AsSpan(), probabilities, ref arousal, ref valence);
        return Array.IndexOf(probabilities, probabilities.Max()) == s.Expression ? 1.0 : 0;
    });

    private static double Distance(WeightSet a, WeightSet b) =>
        Math.Sqrt(a.Tensors.Sum(t => t.Value.Values.ToArray().Zip(b[t.Key].Values.ToArray(), (x, y) => (double)(x - y) * (x - y)).Sum()));

    private static float[] Probabilities(ImmutableArray<float> features, PersonLayer? layer = null)
    {
        var probabilities = new float[4];
        General.Forward(features.AsSpan(), probabilities, out float arousal, out float valence);
        layer?.Estimate(features.AsSpan(), probabilities, ref arousal, ref valence);
        return probabilities;
    }

    /// <summary>Squared error of arousal and valence that should both be of one value.</summary>
    private static double AffectError(PersonLayer? layer, ImmutableArray<ProfileSample> samples, double expected) => samples.Average(s =>
    {
        var probabilities = new float[4];
        General.Forward(s.Features.AsSpan(), probabilities, out float arousal, out float valence);
        layer?.Estimate(s.Features.AsSpan(), probabilities, ref arousal, ref valence);
        return Math.Pow(arousal - expected, 2) + Math.Pow(valence - expected, 2);
    });

    /// <summary>One episode of a class: a direction in the features that is the class's, and noise.</summary>
    private static ImmutableArray<ProfileSample> Samples(int expression, int count, int episode)
    {
        var random = new Random((expression * 1000) + episode);
        return
        [
            .. Enumerable.Range(0, count).Select(i => new ProfileSample
            {
                Features = [.. Noise(random).Select((v, j) => (0.3f * v) + (j % 4 == expression ? 1.5f : 0))],
                Episode = $"{expression}-{episode}",
                Stamp = i,
                Expression = expression,
            }),
        ];
    }

    private static ImmutableArray<float> Noise(Random random) => [.. Enumerable.Range(0, 24).Select(_ => random.NextSingle())];

    private static NetworkGraph Small()
    {
        var builder = new NetworkBuilder("small");
        SymbolicTensor dense = builder.Image(1, 1, 24).Flatten().Dense("dense", 20, Activation.Relu);
        return builder.Build(dense.Dense("arousal", 1, Activation.Tanh), dense.Dense("valence", 1, Activation.Tanh), dense.Dense("expression", 4, Activation.Softmax));
    }
}
