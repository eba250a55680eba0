using Shouldly;
using Xunit;

namespace FerRos.Networks.Tests;

public sealed class ModelDirectoryTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ferros-models-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Every_shipped_model_loads_and_says_what_it_is()
    {
        var models = new ModelDirectory(Path.Combine(SharedFiles.RepositoryRoot, "models"));

        models.Names.ShouldContain("facechannel-v1-fer8");
        models.Names.ShouldContain("blazeface-short-range");
        foreach (var name in models.Names)
        {
            var model = models.Load(name);
            model.Weights.Check(model.Network);
            model.Card.Description.ShouldNotBeNullOrWhiteSpace(name);
            model.Card.Licence.ShouldNotBeNullOrWhiteSpace(name);
            model.Card.Limits.ShouldNotBeEmpty(name);
            if (model.Network.Outputs.Contains("expression"))
                model.Card.Classes.Length.ShouldBe(model.Network["expression"].Shape.Count, name);
        }
    }

    [Fact]
    public void A_model_comes_back_as_it_was_saved()
    {
        var card = CardOf("nano-b-136") with
        {
            Classes = ["calm", "glad", "sad"],
            Scores = [new ModelScore("some", "all rows", "accuracy", 0.5, "a command")],
            Seed = 7,
        };
        var models = new ModelDirectory(_folder);
        models.Save("mine", RandomWeights.For(card.CreateNetwork()), card, WeightFormat.Full);

        var model = models.Load("mine");

        model.Card.Classes.ShouldBe(card.Classes);
        model.Card.Scores.ShouldBe(card.Scores);
        model.Card.Seed.ShouldBe(7);
        model.Network["expression"].Shape.Count.ShouldBe(3);
        models.Names.ShouldBe(["mine"]);
    }

    [Theory]
    [InlineData("other")]
    [InlineData("../mine")]
    [InlineData("")]
    public void A_model_that_is_not_there_is_answered_with_those_that_are(string name)
    {
        var models = new ModelDirectory(_folder);
        models.Save("mine", RandomWeights.For(Zoo.Create("nano-b-136")), CardOf("nano-b-136"));

        Should.Throw<FileNotFoundException>(() => models.Load(name)).Message.ShouldContain("mine");
    }

    [Theory]
    [InlineData("{", "not a model card")]
    [InlineData("{\"network\":\"arch-1\"}", "not a model card")]
    [InlineData("{\"network\":\"arch-9\",\"description\":\"d\",\"inputSize\":48,\"color\":\"gray\",\"alignment\":\"a\",\"licence\":\"l\"}", "arch-9")]
    [InlineData("{\"network\":\"arch-1\",\"description\":\"d\",\"inputSize\":48,\"color\":\"blue\",\"alignment\":\"a\",\"licence\":\"l\"}", "blue")]
    [InlineData("{\"network\":\"arch-1\",\"description\":\"d\",\"inputSize\":-1,\"color\":\"gray\",\"alignment\":\"a\",\"licence\":\"l\"}", "-1")]
    [InlineData("{\"network\":\"arch-1\",\"speed\":1,\"description\":\"d\",\"inputSize\":48,\"color\":\"gray\",\"alignment\":\"a\",\"licence\":\"l\"}", "speed")]
    public void A_damaged_card_is_refused_with_what_is_wrong(string json, string expected)
    {
        var models = new ModelDirectory(_folder);
        models.Save("mine", RandomWeights.For(Zoo.Create("nano-b-136")), CardOf("nano-b-136"));
        File.WriteAllText(Path.Combine(_folder, "mine.json"), json);

        Should.Throw<NetworkException>(() => models.Load("mine")).Message.ShouldContain(expected);
    }

    [Fact]
    public void A_card_with_another_networks_weights_is_refused()
    {
        var models = new ModelDirectory(_folder);
        models.Save("mine", RandomWeights.For(Zoo.Create("nano-b-136")), CardOf("nano-b-136"));
        CardOf("nano-b-figure").Save(Path.Combine(_folder, "mine.json"));

        Should.Throw<WeightsException>(() => models.Load("mine")).Message.ShouldContain("nano-b-figure");
    }

    [Fact]
    public void A_folder_that_is_not_there_is_an_error() =>
        Should.Throw<DirectoryNotFoundException>(() => new ModelDirectory(Path.Combine(_folder, "nowhere")));

    private static ModelCard CardOf(string network) => new()
    {
        Network = network,
        Description = "a test",
        InputSize = 48,
        Color = "gray",
        Alignment = "none",
        Licence = "none",
    };
}
