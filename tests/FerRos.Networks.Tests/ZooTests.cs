using Shouldly;
using Xunit;

namespace FerRos.Networks.Tests;

public sealed class ZooTests
{
    /// <summary>Counts as the papers' tables and the authors' code have them.</summary>
    [Theory]
    [InlineData("facechannel-v1-av", 3_592_090, 3_589_530)]
    [InlineData("facechannel-v1-fer8", 3_593_296, 3_590_736)]
    [InlineData("facechannel-v1-av-no-inhibition", 3_002_010, 2_999_450)]
    [InlineData("facechannel-figure-av", 478_794, 478_282)]
    [InlineData("affwild2-frame-arousal", 1_705_753, 1_705_753)]
    [InlineData("affwild2-frame-valence", 1_705_753, 1_705_753)]
    [InlineData("affwild2-frame-expression", 1_708_759, 1_708_759)]
    [InlineData("affwild2-frame-joint", 1_856_461, 1_856_461)]
    [InlineData("affwild2-frame-arousal-shunting", 1_742_745, 1_742_745)]
    [InlineData("facechannels-arousal", 1_955_853, 1_955_853)]
    [InlineData("facechannels-expression", 1_956_459, 1_956_459)]
    [InlineData("facechannels-joint", 2_457_661, 2_457_661)]
    [InlineData("arch-1", 293_951, 292_863)]
    [InlineData("arch-2", 1_142_463, 1_141_375)]
    [InlineData("arch-3", 306_831, 305_807)]
    [InlineData("arch-4", 1_155_343, 1_154_319)]
    [InlineData("nano-a-232", 231_992, 231_992)]
    [InlineData("nano-b-136", 136_486, 136_486)]
    [InlineData("nano-b-figure", 141_098, 141_098)]
    public void A_network_has_the_parameters_of_its_paper(string name, long total, long trainable)
    {
        var network = Zoo.Create(name);

        network.ParameterCount.ShouldBe(total);
        network.TrainableCount.ShouldBe(trainable);
    }

    /// <summary>Millions, as published, to the digits published.</summary>
    [Theory]
    [InlineData("arch-1", 27.0)]
    [InlineData("arch-2", 27.6)]
    [InlineData("arch-3", 38.9)]
    [InlineData("arch-4", 39.5)]
    [InlineData("nano-b-figure", 44.2)]
    [InlineData("facechannel-figure-av", 97.1)]
    [InlineData("facechannel-v1-av", 626.0)]
    [InlineData("affwild2-frame-arousal", 119.0)]
    public void A_network_costs_the_multiplications_counted_for_it(string name, double millions) =>
        (NetworkCost.Of(Zoo.Create(name)).MultiplyAccumulates / 1e6).ShouldBe(millions, 0.06);

    [Fact]
    public void The_part_of_FaceChannel_that_its_authors_retrain_has_their_count()
    {
        var network = Zoo.Create("facechannel-v1-av");

        network.LastLayers.Layers.ShouldBe(["dense", "arousal", "valence"]);
        network.LastLayers.Inputs.ShouldBe(["flatten"]);
        network.LastLayers.Layers.Sum(l => network[l].Parameters.Sum(p => p.Count)).ShouldBe(819_802);
    }

    [Fact]
    public void What_adapts_in_FaceChannelS_follows_the_last_state() =>
        Zoo.Create("facechannels-joint").LastLayers.Inputs.ShouldBe(["arousal_lstm", "valence_lstm", "expression_lstm"]);

    [Fact]
    public void A_network_without_dense_heads_has_nothing_that_adapts() => Zoo.Create("arch-1").LastLayers.Layers.ShouldBeEmpty();

    [Fact]
    public void All_networks_can_be_made_with_other_classes_and_be_summed_up()
    {
        foreach (var entry in Zoo.Entries)
        {
            var network = Zoo.Create(entry.Name, new ZooOptions { Classes = 5 });
            if (network.Outputs.Contains("expression"))
                network["expression"].Shape.Count.ShouldBe(5, entry.Name);
            network.Name.ShouldBe(entry.Name);
            NetworkSummary.Of(network).ShouldContain("Total parameters");
        }
    }

    [Fact]
    public void A_summary_lists_each_layer_with_its_count()
    {
        var lines = NetworkSummary.Of(Zoo.Create("nano-b-136")).Split('\n');

        lines.ShouldContain(l => l.StartsWith("c8 ", StringComparison.Ordinal) && l.Contains("(24, 24, 27)") && l.Contains("2,700"));
        lines.ShouldContain("Total parameters: 136,486");
    }

    [Theory]
    [InlineData(112)]
    [InlineData(114)]
    [InlineData(119)]
    public void The_frame_network_has_the_same_count_at_sizes_that_pool_to_7x7(int size) =>
        Zoo.Create("affwild2-frame-arousal", new ZooOptions { InputSize = size }).ParameterCount.ShouldBe(1_705_753);

    [Fact]
    public void An_unknown_name_is_answered_with_the_known_ones() =>
        Should.Throw<NetworkException>(() => Zoo.Create("resnet")).Message.ShouldContain("facechannels-joint");

    [Fact]
    public void Options_that_cannot_be_are_refused()
    {
        Should.Throw<NetworkException>(() => Zoo.Create("arch-1", new ZooOptions { Classes = 1 }));
        Should.Throw<NetworkException>(() => Zoo.Create("arch-1", new ZooOptions { InputSize = 0 }));
        Should.Throw<NetworkException>(() => Zoo.Create("arch-1", new ZooOptions { Dropout = 1 }));
    }

    [Fact]
    public void Dropout_is_recorded_where_the_authors_have_it()
    {
        var rates = Zoo.Create("facechannel-v1-fer8").Layers.Select(l => l.Operation).OfType<Dropout>().Select(d => d.Rate).ToArray();

        rates.ShouldBe([0.25, 0.25, 0.25, 0.25, 0.25]);
        Zoo.Create("affwild2-frame-arousal", new ZooOptions { Dropout = 0.1 }).Layers
            .Select(l => l.Operation).OfType<Dropout>().ShouldAllBe(d => d.Rate == 0.1);
    }

    [Theory]
    [InlineData("affwild2-frame-joint")]
    [InlineData("facechannels-joint")]
    [InlineData("nano-b-136")]
    public void Normalisation_added_for_training_folds_into_the_authors_network(string name)
    {
        var network = Zoo.Create(name, new ZooOptions { BatchNormalization = true });
        var weights = RandomWeights.For(network);

        var (folded, foldedWeights) = BatchNormalizationFolding.Apply(network, weights);

        var authors = Zoo.Create(name);
        folded.Layers.Select(l => l.ToString()).ShouldBe(authors.Layers.Select(l => l.ToString()));
        folded.Layers.Select(l => l.Operation).ShouldBe(authors.Layers.Select(l => l.Operation));
        foldedWeights.Check(authors);
    }
}
