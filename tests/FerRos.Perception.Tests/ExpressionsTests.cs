namespace FerRos.Perception.Tests;

public class ExpressionsTests
{
    [Fact]
    public void The_classes_are_those_of_FER_plus_in_its_order() =>
        Expressions.FerPlus.ShouldBe(["neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt"]);

    [Fact]
    public void Every_class_has_a_constant_of_hri_msgs()
    {
        // The constants of hri_msgs/Expression 2.0.0.
        string[] constants =
        [
            "neutral", "angry", "sad", "happy", "surprised", "disgusted", "scared", "pleading", "vulnerable", "despaired", "guilty",
            "disappointed", "embarrassed", "horrified", "skeptical", "annoyed", "furious", "suspicious", "rejected", "bored", "tired",
            "asleep", "confused", "amazed", "excited",
        ];
        string[] names = [.. Expressions.FerPlus.Select(Expressions.ToRos4Hri)];
        names.ShouldAllBe(n => constants.Contains(n));
        names.Distinct().Count().ShouldBe(8);
    }

    [Fact]
    public void A_class_is_understood_by_either_name()
    {
        foreach (string expression in Expressions.FerPlus)
        {
            Expressions.TryParse(expression, out string same).ShouldBeTrue();
            same.ShouldBe(expression);
            Expressions.TryParse(Expressions.ToRos4Hri(expression), out string back).ShouldBeTrue();
            back.ShouldBe(expression);
        }

        Expressions.TryParse("Happy", out string happy).ShouldBeTrue();
        happy.ShouldBe("happiness");
    }

    [Theory]
    [InlineData("")]
    [InlineData("hapiness")]
    [InlineData("bored")]
    public void An_unknown_name_is_not_guessed(string name) => Expressions.TryParse(name, out _).ShouldBeFalse();

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(1, 0.51, 0.81)]
    [InlineData(2, 0.67, 0.40)]
    [InlineData(3, -0.27, -0.63)]
    [InlineData(4, 0.59, -0.51)]
    [InlineData(5, 0.35, -0.60)]
    [InlineData(6, 0.60, -0.64)]
    public void A_certain_class_lies_at_its_published_ratings(int index, float arousal, float valence)
    {
        var probabilities = new float[8];
        probabilities[index] = 1;
        (float a, float v) = new Circumplex(Expressions.FerPlus).Project(probabilities);
        (a, v).ShouldBe((arousal, valence));
    }

    [Fact]
    public void A_mixture_lies_between_its_classes()
    {
        (float arousal, float valence) = new Circumplex(["happy", "sad"]).Project([0.25f, 0.75f]);
        arousal.ShouldBe((0.25f * 0.51f) - (0.75f * 0.27f), 1e-6f);
        valence.ShouldBe((0.25f * 0.81f) - (0.75f * 0.63f), 1e-6f);
    }

    [Fact]
    public void A_class_without_a_place_is_refused_by_name() =>
        Should.Throw<ArgumentException>(() => new Circumplex(["neutral", "bored"])).Message.ShouldContain("bored");
}
