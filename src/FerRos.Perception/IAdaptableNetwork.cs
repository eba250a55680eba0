using FerRos.Inference;

namespace FerRos.Perception;

/// <summary>
/// A network whose last layer can be another one for each person. What that layer reads is called the summary of a
/// face: one vector for the frames that an estimate looks at, the same for all persons.
/// </summary>
public interface IAdaptableNetwork : IAffectNetwork
{
    /// <summary>The general last layer; null where the network has none that adapts.</summary>
    LastLayer? LastLayer { get; }

    /// <summary>
    /// As <see cref="IAffectNetwork.Estimate"/>, with the general last layer; gives the summary along with it, from which
    /// a person's own layer makes the person's estimate.
    /// </summary>
    /// <param name="features">Frames x <see cref="IAffectNetwork.FeatureLength"/> values, oldest frame first.</param>
    /// <param name="frames">1 to <see cref="IAffectNetwork.SequenceLength"/>.</param>
    /// <param name="probabilities">Receives one probability a class.</param>
    /// <param name="summary">Receives <see cref="Inference.LastLayer.InputLength"/> values.</param>
    /// <returns>Arousal and valence, -1 to 1; NaN where the network has no such output.</returns>
    (float Arousal, float Valence) Estimate(ReadOnlySpan<float> features, int frames, Span<float> probabilities, Span<float> summary);
}

/// <summary>Says whose layer is used for a face. Asked once a face and picture, on the thread that processes pictures.</summary>
public interface IPersonLayers
{
    /// <summary>The layer of the person whose face this is; null: the general one.</summary>
    /// <param name="faceId">The face's id.</param>
    PersonLayer? LayerOf(string faceId);
}
