using System.Buffers.Binary;
using System.Text;
using Shouldly;
using Xunit;

namespace FerRos.Networks.Tests;

public sealed class WeightSetTests
{
    private static readonly NetworkGraph _network = Zoo.Create("nano-b-136");

    [Theory]
    [InlineData(WeightFormat.Full, 0)]
    [InlineData(WeightFormat.Half, 0.0005)]
    [InlineData(WeightFormat.BrainHalf, 0.004)]
    public void Weights_come_back_from_a_file_as_exactly_as_its_format_allows(WeightFormat format, double relative)
    {
        var weights = RandomWeights.For(_network);

        var read = RoundTrip(weights, format);

        read.Check(_network);
        foreach (var (name, tensor) in weights.Tensors)
        {
            var back = read[name].Values;
            for (var i = 0; i < back.Length; i++)
                Math.Abs(back[i] - (double)tensor.Values[i]).ShouldBeLessThanOrEqualTo((relative * Math.Abs(tensor.Values[i])) + (1e-7 * Math.Sign(relative)), name);
        }
    }

    [Fact]
    public void Metadata_comes_back()
    {
        var weights = new WeightSet(RandomWeights.For(_network).Tensors, new Dictionary<string, string> { ["made by"] = "a test, \"quoted\"" });

        RoundTrip(weights, WeightFormat.Half).Metadata["made by"].ShouldBe("a test, \"quoted\"");
    }

    [Fact]
    public void A_file_is_replaced_whole()
    {
        var path = Path.Combine(Path.GetTempPath(), $"ferros-{Guid.NewGuid():N}.safetensors");
        try
        {
            RandomWeights.For(_network, 1).Save(path);
            RandomWeights.For(_network, 2).Save(path);

            var first = _network.Parameters[0].Name;
            WeightSet.Load(path)[first].Values.ToArray().ShouldBe(RandomWeights.For(_network, 2)[first].Values.ToArray());
            Directory.EnumerateFiles(Path.GetTempPath(), $"{Path.GetFileName(path)}*").Count().ShouldBe(1);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Weights_of_another_network_are_refused_with_a_list()
    {
        var e = Should.Throw<WeightsException>(() => RandomWeights.For(Zoo.Create("nano-b-figure")).Check(_network));
        e.Message.ShouldContain("e4/kernel [3, 3, 64, 24] instead of [3, 3, 64, 20]");

        var short1 = new WeightSet(RandomWeights.For(_network).Tensors.Where(t => t.Key != "c3/bias").Append(
            KeyValuePair.Create("extra", new WeightTensor([1], [0]))));
        e = Should.Throw<WeightsException>(() => short1.Check(_network));
        e.Message.ShouldContain("1 missing (c3/bias)");
        e.Message.ShouldContain("1 unexpected (extra)");
    }

    [Theory]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 4, "need 8 bytes")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 12, "holds 12")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}", 8, "cannot lie")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}}", 8, "cannot lie")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[-8,0]}}", 8, "cannot lie")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[-2,-1],\"data_offsets\":[0,8]}}", 8, "impossible shape")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2147483647,2147483647,16],\"data_offsets\":[0,8]}}", 8, "impossible shape")]
    [InlineData("{\"a\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[0,8]}}", 8, "I64")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "overlaps")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,12]}}", 12, "gap")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", 8, "header")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}", 8, "header")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2]}}", 8, "header")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":2,\"data_offsets\":[0,8]}}", 8, "header")]
    [InlineData("[1,2]", 8, "header")]
    public void A_damaged_file_is_refused_with_what_is_wrong(string header, int dataBytes, string expected)
    {
        var file = FileOf(header, new byte[dataBytes]);

        Should.Throw<WeightsException>(() => WeightSet.Read(new MemoryStream(file), "test.safetensors")).Message.ShouldContain(expected);
    }

    [Fact]
    public void A_file_cut_off_anywhere_is_refused()
    {
        using var stream = new MemoryStream();
        new WeightSet([KeyValuePair.Create("a", new WeightTensor([3, 2], [1, 2, 3, 4, 5, 6]))]).Write(stream);
        var whole = stream.ToArray();
        WeightSet.Read(new MemoryStream(whole), "whole")["a"].Values.ToArray().ShouldBe([1, 2, 3, 4, 5, 6]);

        for (var length = 0; length < whole.Length; length++)
            Should.Throw<WeightsException>(() => WeightSet.Read(new MemoryStream(whole[..length]), "cut"), $"{length} bytes");
    }

    [Fact]
    public void A_header_that_claims_gigabytes_is_refused_before_they_are_taken()
    {
        var file = new byte[64];
        BinaryPrimitives.WriteUInt64LittleEndian(file, ulong.MaxValue);

        Should.Throw<WeightsException>(() => WeightSet.Read(new MemoryStream(file), "huge")).Message.ShouldContain("claims");
    }

    [Fact]
    public void Values_that_are_no_numbers_are_refused()
    {
        var file = FileOf("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", BitConverter.GetBytes(float.NaN));

        Should.Throw<WeightsException>(() => WeightSet.Read(new MemoryStream(file), "nan")).Message.ShouldContain("NaN");
    }

    [Fact]
    public void A_value_too_large_for_16_bits_is_refused()
    {
        var weights = new WeightSet([KeyValuePair.Create("a", new WeightTensor([1], [1e6f]))]);

        Should.Throw<WeightsException>(() => weights.Write(new MemoryStream(), WeightFormat.Half)).Message.ShouldContain("'a'");
    }

    private static WeightSet RoundTrip(WeightSet weights, WeightFormat format)
    {
        using var stream = new MemoryStream();
        weights.Write(stream, format);
        stream.Position = 0;
        return WeightSet.Read(stream, "memory");
    }

    private static byte[] FileOf(string header, byte[] data)
    {
        var bytes = Encoding.UTF8.GetBytes(header);
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, bytes.Length);
        return [.. length, .. bytes, .. data];
    }
}
