using System.Collections.Immutable;

namespace FerRos.Inference;

/// <summary>How weights change by their gradients. All have Keras's formulas.</summary>
public enum LastLayerOptimizer
{
    /// <summary>Stochastic gradient descent, with momentum and Nesterov's look ahead where they are asked for.</summary>
    Sgd,

    /// <summary>Adam (Kingma and Ba 2015).</summary>
    Adam,

    /// <summary>Adamax: Adam with the infinity norm (Kingma and Ba 2015, section 7), which FaceChannel's authors use.</summary>
    Adamax,
}

/// <summary>How <see cref="LastLayerTrainer"/> trains.</summary>
public sealed record LastLayerTrainingOptions
{
    /// <summary>How weights change.</summary>
    public LastLayerOptimizer Optimizer { get; init; } = LastLayerOptimizer.Adamax;

    /// <summary>The step.</summary>
    public float LearningRate { get; init; } = 2e-3f;

    /// <summary>Share of the last step that is made again, 0 to 1; of SGD alone.</summary>
    public float Momentum { get; init; }

    /// <summary>Whether SGD looks ahead.</summary>
    public bool Nesterov { get; init; }

    /// <summary>Decay of the first moment of Adam and Adamax.</summary>
    public float Beta1 { get; init; } = 0.9f;

    /// <summary>Decay of the second moment of Adam, of the norm of Adamax.</summary>
    public float Beta2 { get; init; } = 0.999f;

    /// <summary>Keras's, added to the denominators of Adam and Adamax.</summary>
    public float Epsilon { get; init; } = 1e-7f;

    /// <summary>Pull toward the layer that training starts from: the loss has pull / 2 times the squared distance to it.</summary>
    public float Pull { get; init; }

    /// <summary>As <see cref="Pull"/>, for the biases; null: the same.</summary>
    public float? BiasPull { get; init; }

    /// <summary>How much larger the step of the biases is: kernels read long vectors, a bias reads a one.</summary>
    public float BiasRate { get; init; } = 1;

    /// <summary>
    /// Logarithms of class weights that are added to the expression's sums for samples that ask for it
    /// (<see cref="LastLayerBatch.Add"/>): the layer learns what the weights leave to be learnt. Empty: none.
    /// </summary>
    public ImmutableArray<float> ClassOffsets { get => field.IsDefault ? [] : field; init; }

    /// <summary>Whether the dense layers before the heads train, too.</summary>
    public bool TrainHidden { get; init; } = true;

    /// <summary>How much the squared error of arousal and valence counts against the cross-entropy of the expression.</summary>
    public float AffectWeight { get; init; } = 1;

    /// <summary>Checks all values.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message names it.</exception>
    public void Validate()
    {
        Check(Enum.IsDefined(Optimizer), nameof(Optimizer), Optimizer);
        Check(LearningRate > 0 && LearningRate <= 10, nameof(LearningRate), LearningRate);
        Check(Momentum >= 0 && Momentum < 1, nameof(Momentum), Momentum);
        Check(Beta1 >= 0 && Beta1 < 1, nameof(Beta1), Beta1);
        Check(Beta2 >= 0 && Beta2 < 1, nameof(Beta2), Beta2);
        Check(Epsilon > 0 && Epsilon < 1, nameof(Epsilon), Epsilon);
        Check(Pull >= 0 && float.IsFinite(Pull), nameof(Pull), Pull);
        Check(BiasPull is null || (BiasPull >= 0 && float.IsFinite(BiasPull.Value)), nameof(BiasPull), BiasPull ?? 0);
        Check(BiasRate > 0 && float.IsFinite(BiasRate), nameof(BiasRate), BiasRate);
        Check(ClassOffsets.All(float.IsFinite), nameof(ClassOffsets), string.Join(", ", ClassOffsets));
        Check(AffectWeight >= 0 && float.IsFinite(AffectWeight), nameof(AffectWeight), AffectWeight);
    }

    private static void Check(bool holds, string name, object value)
    {
        if (!holds)
            throw new ArgumentException(FormattableString.Invariant($"{name} is {value}, which is out of range"), name);
    }
}
