using FerRos.Networks;
using FerRos.Networks.Tests;
using Shouldly;
using Xunit;

namespace FerRos.Inference.Tests;

public sealed class LastLayerTrainerTests
{
    [Theory]
    [Trait("Needs", "shared")]
    [InlineData("expression", "sgd", 16)]
    [InlineData("expression", "adam", 16)]
    [InlineData("expression", "adamax", 16)]
    [InlineData("affect", "sgd", 16)]
    [InlineData("affect", "adam", 16)]
    [InlineData("affect", "adamax", 16)]
    [InlineData("expression", "adamax", 8)]
    [InlineData("expression", "adamax", 4)]
    [InlineData("affect", "adam", 8)]
    [InlineData("affect", "sgd", 4)]
    public void Ten_steps_go_where_those_of_Keras_go(string head, string kind, int lanes)
    {
        var golden = GoldenFile.Load();
        var expected = golden.Adaptation($"{head}/{kind}");
        var (features, hidden, batchSize) =
            (expected.GetProperty("features").GetInt32(), expected.GetProperty("hidden").GetInt32(), expected.GetProperty("batch").GetInt32());
        var affect = head == "affect";
        var classes = affect ? 1 : expected.GetProperty("prediction")[0].GetArrayLength();
        float[] Uniform(string key, int count) =>
            [.. GoldenFile.Uniform($"{golden.Seed}/adapt/{head}/{key}").Take(count).Select(u => (float)u)];

        var network = Network(features, hidden, affect, classes);
        var weights = new WeightSet(network.Parameters.Select(p =>
        {
            // Kernels: sqrt(6 / in) times 2u - 1, a quarter of it in the heads; biases: a tenth of 2u - 1.
            var scale = p.Role == ParameterRole.Bias ? 0.1
                : Math.Sqrt(6.0 / p.Shape[0]) * (p.Name.StartsWith("dense", StringComparison.Ordinal) ? 1 : 0.25);
            var values = GoldenFile.Uniform($"{golden.Seed}/adapt/{head}/{p.Name}").Take(p.Count).Select(u => (float)(((2 * u) - 1) * scale));
            return KeyValuePair.Create(p.Name, new WeightTensor(p.Shape, [.. values]));
        }));
        var layer = LastLayer.Create(network, weights);
        var batch = new LastLayerBatch(layer, batchSize);
        var (x, y) = (Uniform("x", batchSize * features), Uniform("y", batchSize * (affect ? 2 : classes)));
        for (var n = 0; n < batchSize; n++)
        {
            var input = x.AsSpan(n * features, features);
            if (affect)
            {
                batch.Add(input, [], (2 * y[2 * n]) - 1, (2 * y[(2 * n) + 1]) - 1);
                continue;
            }

            var row = y.AsSpan(n * classes, classes).ToArray();
            var sum = row.Sum();
            batch.Add(input, [.. row.Select(v => v / sum)]);
        }

        var trainer = new LastLayerTrainer(layer, kind switch
        {
            "sgd" => new LastLayerTrainingOptions { Optimizer = LastLayerOptimizer.Sgd, LearningRate = 0.015f, Momentum = 0.74f, Nesterov = true },
            "adam" => new LastLayerTrainingOptions { Optimizer = LastLayerOptimizer.Adam, LearningRate = 0.001f },
            _ => new LastLayerTrainingOptions { Optimizer = LastLayerOptimizer.Adamax, LearningRate = 0.002f },
        }, DenseMath.ForLanes(Math.Min(lanes, PlanExecutor.WidestVector)));
        foreach (var loss in expected.GetProperty("loss_before_each_step").EnumerateArray())
            ((double)trainer.Step(batch)).ShouldBe(loss.GetDouble(), 1e-5);

        var after = trainer.ToLayer();
        var tensors = after.ToWeightSet();
        foreach (var tensor in expected.GetProperty("after").EnumerateObject())
        {
            var values = tensors[tensor.Name].Values.ToArray();
            var first = tensor.Value.GetProperty("first").EnumerateArray().Select(v => v.GetDouble()).ToArray();
            for (var i = 0; i < first.Length; i++)
                ((double)values[i]).ShouldBe(first[i], 1e-5, $"{tensor.Name}[{i}]");
            values.Average(v => Math.Abs((double)v)).ShouldBe(tensor.Value.GetProperty("mean_abs").GetDouble(), 1e-5, tensor.Name);
        }

        var row0 = 0;
        foreach (var prediction in expected.GetProperty("prediction").EnumerateArray())
        {
            var probabilities = new float[affect ? 0 : classes];
            after.Forward(x.AsSpan(row0 * features, features), probabilities, out var arousal, out var valence);
            float[] outputs = affect ? [arousal, valence] : probabilities;
            for (var i = 0; i < outputs.Length; i++)
                ((double)outputs[i]).ShouldBe(prediction[i].GetDouble(), 1e-5);
            row0++;
        }
    }

    [Theory]
    [InlineData("facechannel-v1-av")]
    [InlineData("affwild2-frame-joint")]
    [InlineData("facechannels-joint")]
    [InlineData("affwild2-frame-expression")]
    public void The_step_follows_the_slope_of_the_loss(string name)
    {
        // With plain gradient descent a step is the rate times the gradient: compared with differences of the loss.
        var network = Zoo.Create(name, new ZooOptions { InputSize = name.StartsWith("facechannels", StringComparison.Ordinal) ? 32 : null });
        var layer = LastLayer.Create(network, RandomWeights.For(network, 3));
        var batch = Batch(layer, 7, 11);
        const float Rate = 1e-2f;
        var trainer = new LastLayerTrainer(layer, new LastLayerTrainingOptions { Optimizer = LastLayerOptimizer.Sgd, LearningRate = Rate });
        trainer.Step(batch);
        var (before, after) = (layer.ToWeightSet(), trainer.ToLayer().ToWeightSet());
        foreach (var (tensor, values) in before.Tensors)
        {
            // The value with the largest gradient: the difference of losses is clear of rounding there.
            var gradient = values.Values.ToArray().Zip(after[tensor].Values.ToArray(), (b, a) => (b - a) / Rate).ToArray();
            var index = Array.IndexOf(gradient, gradient.MaxBy(Math.Abs));
            const float Step = 2e-3f;
            var slope = (Loss(layer, before, tensor, index, Step, batch) - Loss(layer, before, tensor, index, -Step, batch)) / (2 * Step);
            gradient[index].ShouldBe((float)slope, Math.Max(2e-3f, Math.Abs((float)slope) * 0.03f), $"{tensor}[{index}]");
        }
    }

    [Fact]
    public void Only_the_heads_change_where_the_dense_layer_does_not_train()
    {
        var network = Zoo.Create("affwild2-frame-joint");
        var layer = LastLayer.Create(network, RandomWeights.For(network));
        var trainer = new LastLayerTrainer(layer, new LastLayerTrainingOptions { TrainHidden = false });
        trainer.Step(Batch(layer, 5, 2));
        var (before, after) = (layer.ToWeightSet(), trainer.ToLayer().ToWeightSet());
        foreach (var (name, tensor) in before.Tensors)
            tensor.Values.SequenceEqual(after[name].Values).ShouldBe(name.Contains("_dense/", StringComparison.Ordinal), name);
    }

    [Fact]
    public void A_strong_pull_keeps_the_layer_near_where_it_started()
    {
        var network = Network(20, 12, false, 5);
        var layer = LastLayer.Create(network, RandomWeights.For(network));
        var batch = Batch(layer, 9, 4);
        double Moved(float pull)
        {
            var trainer = new LastLayerTrainer(layer, new LastLayerTrainingOptions { Optimizer = LastLayerOptimizer.Sgd, LearningRate = 0.05f, Pull = pull });
            for (var i = 0; i < 200; i++)
                trainer.Step(batch);
            var after = trainer.ToLayer().ToWeightSet();
            return layer.ToWeightSet().Tensors.Sum(t => t.Value.Values.ToArray().Zip(after[t.Key].Values.ToArray(), (a, b) => (double)(a - b) * (a - b)).Sum());
        }

        var distances = new[] { 0f, 0.1f, 1f, 10f }.Select(Moved).ToArray();
        for (var i = 1; i < distances.Length; i++)
            distances[i].ShouldBeLessThan(distances[i - 1] * 0.7);
    }

    [Fact]
    public void A_sample_of_weight_two_counts_as_two_samples()
    {
        var network = Network(20, 12, false, 5);
        var layer = LastLayer.Create(network, RandomWeights.For(network));
        var (once, twice) = (new LastLayerBatch(layer, 4), new LastLayerBatch(layer, 4));
        var random = new Random(5);
        for (var n = 0; n < 3; n++)
        {
            float[] input = [.. Enumerable.Range(0, 20).Select(_ => random.NextSingle())];
            float[] target = [.. Enumerable.Range(0, 5).Select(c => c == n ? 1f : 0)];
            once.Add(input, target, weight: n == 0 ? 2 : 1);
            for (var i = 0; i < (n == 0 ? 2 : 1); i++)
                twice.Add(input, target);
        }

        var (a, b) = (new LastLayerTrainer(layer, new LastLayerTrainingOptions()), new LastLayerTrainer(layer, new LastLayerTrainingOptions()));
        for (var i = 0; i < 5; i++)
            a.Step(once).ShouldBe(b.Step(twice), 1e-5f);
    }

    [Theory]
    [InlineData("facechannels-joint-shunting", false)]
    [InlineData("facechannels-joint-shunting", true)]
    [InlineData("facechannel-v1-fer8", false)]
    public void What_is_kept_from_step_to_step_does_not_show(string name, bool trainHidden)
    {
        // Batches take turns, and the outputs are asked for in between: neither may leave activations behind for the other.
        var network = Zoo.Create(name);
        var layer = LastLayer.Create(network, RandomWeights.For(network));
        using LastLayerBatch first = Batch(layer, 5, 1), second = Batch(layer, 9, 2), asked = Batch(layer, 4, 3);
        var options = new LastLayerTrainingOptions { Optimizer = LastLayerOptimizer.Sgd, LearningRate = 0.01f, Momentum = 0, TrainHidden = trainHidden };
        using var trainer = new LastLayerTrainer(layer, options);
        var expected = layer;
        foreach (var batch in new[] { first, second, first, first, second })
        {
            // Without momentum a step from a copy is the same step.
            using var copy = new LastLayerTrainer(expected, options);
            trainer.Step(batch).ShouldBe(copy.Step(batch));
            expected = copy.ToLayer();
            var (ofTrainer, ofLayer) = (Outputs(trainer.Forward), Outputs(expected.Forward));
            ofTrainer.ShouldBe(ofLayer);
        }

        float[] Outputs(Forwarding forward)
        {
            float[] probabilities = new float[4 * layer.ClassCount], arousal = new float[4], valence = new float[4];
            forward(asked, probabilities, arousal, valence);
            return [.. probabilities, .. arousal, .. valence];
        }
    }

    private delegate void Forwarding(LastLayerBatch batch, Span<float> probabilities, Span<float> arousal, Span<float> valence);

    [Fact]
    public void Samples_without_a_label_change_nothing_of_it()
    {
        var network = Zoo.Create("affwild2-frame-joint");
        var layer = LastLayer.Create(network, RandomWeights.For(network));
        var batch = new LastLayerBatch(layer, 3);
        batch.Add(new float[500], [], arousal: 0.5f);
        var trainer = new LastLayerTrainer(layer, new LastLayerTrainingOptions());
        float.IsNaN(trainer.Step(batch)).ShouldBeFalse();
        var (before, after) = (layer.ToWeightSet(), trainer.ToLayer().ToWeightSet());
        before["valence/bias"].Values.SequenceEqual(after["valence/bias"].Values).ShouldBeTrue();
        before["expression/bias"].Values.SequenceEqual(after["expression/bias"].Values).ShouldBeTrue();
        before["arousal/bias"].Values.SequenceEqual(after["arousal/bias"].Values).ShouldBeFalse();

        var empty = new LastLayerBatch(layer, 1);
        empty.Add(new float[500], []);
        float.IsNaN(new LastLayerTrainer(layer, new LastLayerTrainingOptions()).Step(empty)).ShouldBeTrue();
    }

    [Fact]
    public void A_step_allocates_nothing_once_warm()
    {
        var network = Zoo.Create("affwild2-frame-joint");
        var layer = LastLayer.Create(network, RandomWeights.For(network));
        var batch = Batch(layer, 6, 1);
        var trainer = new LastLayerTrainer(layer, new LastLayerTrainingOptions());
        for (var i = 0; i < 3; i++)
            trainer.Step(batch);
        Allocations.Least(() =>
        {
            for (var i = 0; i < 10; i++)
                trainer.Step(batch);
        }).ShouldBe(0);
    }

    [Fact]
    public void A_batch_gives_what_single_inputs_give()
    {
        var network = Zoo.Create("affwild2-frame-joint");
        var layer = LastLayer.Create(network, RandomWeights.For(network));
        var batch = new LastLayerBatch(layer, 5);
        var random = new Random(8);
        var inputs = Enumerable.Range(0, 5).Select(_ => Enumerable.Range(0, 500).Select(_ => random.NextSingle()).ToArray()).ToArray();
        foreach (var input in inputs)
            batch.Add(input, []);
        var (probabilities, arousal, valence) = (new float[5 * 7], new float[5], new float[5]);
        layer.Forward(batch, probabilities, arousal, valence);
        var single = new float[7];
        for (var n = 0; n < 5; n++)
        {
            layer.Forward(inputs[n], single, out var a, out var v);
            for (var c = 0; c < 7; c++)
                probabilities[(n * 7) + c].ShouldBe(single[c], 1e-6f);
            arousal[n].ShouldBe(a, 1e-6f);
            valence[n].ShouldBe(v, 1e-6f);
        }
    }

    [Theory]
    [InlineData("facechannel-v1-fer8", 16)]
    [InlineData("facechannel-v1-fer8", 8)]
    [InlineData("facechannel-v1-av", 4)]
    [InlineData("affwild2-frame-expression", 16)]
    [InlineData("affwild2-frame-joint", 16)]
    public void Zeros_that_are_left_out_change_nothing(string name, int lanes)
    {
        // A value that is too small to count is no zero: the same samples go through the products that leave nothing out.
        const float Nearly = 1e-30f;
        var network = Zoo.Create(name);
        var layer = LastLayer.Create(network, RandomWeights.For(network));
        var options = new LastLayerTrainingOptions { Optimizer = LastLayerOptimizer.Sgd, LearningRate = 0.01f, Momentum = 0.9f, Nesterov = true };
        var math = DenseMath.ForLanes(Math.Min(lanes, PlanExecutor.WidestVector));
        using LastLayerBatch sparse = new(layer, 40), dense = new(layer, 40);
        using LastLayerTrainer ofSparse = new(layer, options, math), ofDense = new(layer, options, math);
        for (var round = 0; round < 4; round++)
        {
            // Some samples are zeros altogether, and some features of all samples.
            for (var n = 0; n < 10; n++)
                Add((10 * round) + n, n % 5 == 4 ? 0 : 0.09);
            (sparse.NonZeros is not null).ShouldBeTrue();
            (dense.NonZeros is null).ShouldBeTrue();
            ofSparse.Step(sparse).ShouldBe(ofDense.Step(dense));
        }

        var (a, b) = (ofSparse.ToLayer().ToWeightSet(), ofDense.ToLayer().ToWeightSet());
        foreach (var (tensor, values) in a.Tensors)
            values.Values.ToArray().ShouldBe(b[tensor].Values.ToArray(), 1e-12, tensor);

        void Add(int seed, double share)
        {
            var random = new Random(seed);
            float[] input = [.. Enumerable.Range(0, layer.InputLength).Select(i => i % 7 != 3 && random.NextDouble() < share ? random.NextSingle() : 0)];
            float[] target = [.. Enumerable.Range(0, layer.ClassCount).Select(c => c == seed % layer.ClassCount ? 1f : 0)];
            sparse.Add(input, target, seed % 3 / 2f, -0.5f);
            dense.Add([.. input.Select(v => v == 0 ? Nearly : v)], target, seed % 3 / 2f, -0.5f);
        }
    }

    [Fact]
    public void Several_threads_may_ask_for_the_outputs_of_one_batch()
    {
        // As trainings do that check themselves on the same general faces.
        var network = Zoo.Create("facechannel-v1-fer8");
        var layer = LastLayer.Create(network, RandomWeights.For(network));
        var random = new Random(6);
        using var batch = new LastLayerBatch(layer, 60);
        for (var n = 0; n < 60; n++)
            batch.Add([.. Enumerable.Range(0, layer.InputLength).Select(_ => random.NextDouble() < 0.09 ? random.NextSingle() : 0)], []);
        var expected = new float[60 * layer.ClassCount];
        layer.Forward(batch, expected, [], []);
        Parallel.For(0, 200, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = TestContext.Current.CancellationToken }, _ =>
        {
            var outputs = new float[expected.Length];
            layer.Forward(batch, outputs, [], []);
            outputs.ShouldBe(expected);
        });
    }

    [Theory]
    [InlineData("facechannel-v1-fer8", 0.09)]
    [InlineData("facechannel-v1-fer8", 1)]
    [InlineData("affwild2-frame-expression", 0)]
    public void One_input_with_zeros_gives_what_a_batch_gives(string name, double share)
    {
        var network = Zoo.Create(name);
        var layer = LastLayer.Create(network, RandomWeights.For(network));
        var random = new Random(4);
        float[] input = [.. Enumerable.Range(0, layer.InputLength).Select(_ => random.NextDouble() < share ? random.NextSingle() : 0)];
        using var batch = new LastLayerBatch(layer, 1);
        batch.Add(input, []);
        float[] one = new float[layer.ClassCount], all = new float[layer.ClassCount];
        layer.Forward(input, one, out _, out _);
        layer.Forward(batch, all, [], []);
        one.ShouldBe(all, 1e-6);
    }

    [Fact]
    public void What_does_not_fit_is_refused_by_name()
    {
        var layer = LastLayer.Create(Network(20, 12, false, 5), RandomWeights.For(Network(20, 12, false, 5)));
        var batch = new LastLayerBatch(layer, 1);
        Should.Throw<ArgumentException>(() => batch.Add(new float[19], [])).Message.ShouldContain("20");
        Should.Throw<ArgumentException>(() => batch.Add([.. new float[19], float.NaN], [])).Message.ShouldContain("NaN");
        Should.Throw<ArgumentException>(() => batch.Add(new float[20], [1, 0])).Message.ShouldContain("5 classes");
        Should.Throw<ArgumentException>(() => batch.Add(new float[20], [], arousal: 7)).Message.ShouldContain("7");
        Should.Throw<ArgumentException>(() => batch.Add(new float[20], [], weight: -1)).Message.ShouldContain("-1");
        Should.Throw<ArgumentException>(() => new LastLayerTrainer(layer, new LastLayerTrainingOptions()).Step(batch));
        Should.Throw<ArgumentException>(() => new LastLayerTrainer(layer, new LastLayerTrainingOptions { LearningRate = float.NaN })).Message.ShouldContain("LearningRate");
        batch.Add(new float[20], []);
        Should.Throw<InvalidOperationException>(() => batch.Add(new float[20], []));
    }

    private static double Loss(LastLayer layer, WeightSet weights, string tensor, int index, float step, LastLayerBatch batch)
    {
        var values = weights[tensor].Values.ToArray();
        values[index] += step;
        var moved = layer.With(weights.With([KeyValuePair.Create(tensor, new WeightTensor(weights[tensor].Shape, values))]));
        return new LastLayerTrainer(moved, new LastLayerTrainingOptions()).Step(batch);
    }

    private static LastLayerBatch Batch(LastLayer layer, int samples, int seed)
    {
        var random = new Random(seed);
        var batch = new LastLayerBatch(layer, samples);
        for (var n = 0; n < samples; n++)
        {
            float[] input = [.. Enumerable.Range(0, layer.InputLength).Select(_ => random.NextSingle())];
            float[] target = [.. Enumerable.Range(0, layer.ClassCount).Select(_ => random.NextSingle())];
            var sum = target.Sum();
            batch.Add(
                input, [.. target.Select(t => t / sum)], n % 3 == 1 ? float.NaN : (2 * random.NextSingle()) - 1, (2 * random.NextSingle()) - 1, 1 + (n % 2));
        }

        return batch;
    }

    private static NetworkGraph Network(int features, int hidden, bool affect, int classes)
    {
        var builder = new NetworkBuilder("small");
        var dense = builder.Image(1, 1, features).Flatten().Dense("dense", hidden, Activation.Relu);
        return affect
            ? builder.Build(dense.Dense("arousal", 1, Activation.Tanh), dense.Dense("valence", 1, Activation.Tanh))
            : builder.Build(dense.Dense("expression", classes, Activation.Softmax));
    }
}
