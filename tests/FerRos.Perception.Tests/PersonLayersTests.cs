using FerRos.Inference;
using FerRos.Networks;

namespace FerRos.Perception.Tests;

/// <summary>Whose layer is used for which face, with the real networks on two portraits.</summary>
public class PersonLayersTests
{
    private const long Frame = 33_333_333;

    [Fact]
    public void A_person_s_layer_changes_the_estimates_of_their_face_and_of_no_other()
    {
        using PerceptionPipeline plain = Models.Pipeline();
        using PerceptionPipeline adapted = Models.Pipeline();
        var layers = new Layers();
        adapted.Persons = layers;
        byte[] pixels = Wall.With(640, 480, (0, 60, 1.3), (330, 80, 1.2));
        var picture = new ImageFrame();
        for (int i = 0; i < 9; i++)
        {
            picture.Load("rgb8", 640, 480, 640 * 3, false, pixels, i * Frame);
            PerceptionResult general = plain.Process(picture);
            PerceptionResult own = adapted.Process(picture);
            own.Count.ShouldBe(2);
            // The layer is there in pictures 3 to 5 only.
            if (i == 2)
                layers.Of[own.Faces[0].FaceId] = Surprised("ana", adapted.LastLayer!);
            if (i == 5)
                layers.Of.Clear();

            bool uses = i is >= 3 and <= 5;
            own.Faces[0].AdaptedTo.ShouldBe(uses ? "ana" : null);
            own.Faces[1].AdaptedTo.ShouldBeNull();
            own.Faces[1].Probabilities.SequenceEqual(general.Faces[1].Probabilities).ShouldBeTrue();
            own.Faces[1].Valence.ShouldBe(general.Faces[1].Valence);
            own.Faces[0].Expression.ShouldBe(uses ? "surprise" : "happiness");
            // Neither is a trace of the layer left in the average over the estimates once it is gone, nor of the general
            // layer while it is there.
            float surprise = own.Faces[0].Probabilities[Expressions.FerPlus.IndexOf("surprise")];
            if (uses)
                surprise.ShouldBeGreaterThan(0.99f);
            else
                surprise.ShouldBeLessThan(0.1f);
        }
    }

    [Fact]
    public void A_face_with_a_layer_allocates_nothing_per_picture()
    {
        using PerceptionPipeline pipeline = Models.Pipeline();
        var layers = new Layers();
        pipeline.Persons = layers;
        ImageFrame picture = Wall.Frame(640, 480, 0, (0, 60, 1.3), (330, 80, 1.2));
        layers.Of[pipeline.Process(picture).Faces[0].FaceId] = Surprised("ana", pipeline.LastLayer!);
        for (int i = 0; i < 10; i++)
            pipeline.Process(picture);
        int adapted = 0;
        int looks = 0;
        Allocations.Least(() =>
        {
            for (int i = 0; i < 20; i++, looks++)
                adapted += pipeline.Process(picture).Faces[0].AdaptedTo is null ? 0 : 1;
        }).ShouldBe(0);
        adapted.ShouldBe(looks);
    }

    /// <summary>The general layer with a head that says surprise whatever it sees.</summary>
    private static PersonLayer Surprised(string person, LastLayer general)
    {
        WeightSet weights = general.ToWeightSet();
        string bias = weights.Tensors.Select(t => t.Key).Last(name => name.EndsWith("/bias", StringComparison.Ordinal) && weights[name].Values.Length == general.ClassCount);
        var changed = weights.Tensors.Select(t =>
        {
            float[] values = t.Value.Values.ToArray();
            if (t.Key == bias)
                values[Expressions.FerPlus.IndexOf("surprise")] += 1000;
            return new KeyValuePair<string, WeightTensor>(t.Key, new WeightTensor(t.Value.Shape, values));
        });
        return new PersonLayer(person, general.With(new WeightSet(changed)));
    }

    private sealed class Layers : IPersonLayers
    {
        public Dictionary<string, PersonLayer> Of { get; } = [];

        public PersonLayer? LayerOf(string faceId) => Of.GetValueOrDefault(faceId);
    }
}
