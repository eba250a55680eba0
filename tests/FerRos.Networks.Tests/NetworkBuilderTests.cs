using Shouldly;
using Xunit;

namespace FerRos.Networks.Tests;

public sealed class NetworkBuilderTests
{
    /// <summary>Sizes and paddings of TensorFlow's documentation for "same" and "valid".</summary>
    [Theory]
    [InlineData(13, 6, 5, Padding.Valid, 2, 0, 0)]
    [InlineData(13, 6, 5, Padding.Same, 3, 1, 2)]
    [InlineData(128, 5, 2, Padding.Same, 64, 1, 2)]
    [InlineData(48, 3, 2, Padding.Same, 24, 0, 1)]
    [InlineData(47, 3, 2, Padding.Same, 24, 1, 1)]
    [InlineData(3, 2, 2, Padding.Same, 2, 0, 1)]
    [InlineData(48, 1, 2, Padding.Same, 24, 0, 0)]
    public void Windows_lie_as_in_TensorFlow(int input, int size, int stride, Padding padding, int output, int before, int after) =>
        WindowAxis.Place(input, size, stride, padding).ShouldBe(new WindowAxis(output, before, after));

    [Fact]
    public void A_layer_that_does_not_fit_is_named_in_the_error()
    {
        var x = new NetworkBuilder("test").Image(8, 8, 3);

        Should.Throw<NetworkException>(() => x.Dense("head", 2)).Message.ShouldContain("'head'");
        Should.Throw<NetworkException>(() => x.Add("sum", x.Conv2D("wide", 4))).Message.ShouldContain("'sum'");
        Should.Throw<NetworkException>(() => x.Conv2D("big", 4, size: 9, padding: Padding.Valid)).Message.ShouldContain("9");
        Should.Throw<NetworkException>(() => x.Lstm("memory", 4)).Message.ShouldContain("'memory'");
    }

    [Fact]
    public void A_name_can_be_given_once()
    {
        var x = new NetworkBuilder("test").Image(8, 8, 3);
        x.Relu("a");

        Should.Throw<NetworkException>(() => x.Relu("a")).Message.ShouldContain("'a'");
    }

    [Fact]
    public void Layers_that_lead_to_no_output_are_left_out()
    {
        var builder = new NetworkBuilder("test");
        var x = builder.Image(8, 8, 3);
        x.Conv2D("unused", 100);

        builder.Build(x.GlobalAveragePool("out")).Layers.Select(l => l.Name).ShouldBe(["input", "out"]);
    }

    [Fact]
    public void A_sequence_network_parts_into_encoder_and_tail()
    {
        var network = Zoo.Create("facechannels-joint");
        var (encoder, tail) = (network.FrameEncoder(), network.SequenceTail());

        encoder.SequenceLength.ShouldBe(0);
        encoder.Outputs.ShouldBe(["dense"]);
        tail.InputShape.ShouldBe(Shape.Vector(500));
        tail.InputLength.ShouldBe(5000);
        tail.Outputs.ShouldBe(network.Outputs);
        (encoder.ParameterCount + tail.ParameterCount).ShouldBe(network.ParameterCount);
        Should.Throw<NetworkException>(() => Zoo.Create("arch-1").FrameEncoder());
    }

    [Fact]
    public void An_output_cannot_be_a_sequence()
    {
        var builder = new NetworkBuilder("test");
        var x = builder.Sequence(10, 8, 8, 1).Flatten();

        Should.Throw<NetworkException>(() => builder.Build(x)).Message.ShouldContain("sequence");
    }
}
