using System.Collections.Immutable;
using FerRos.Inference;

namespace FerRos.Perception.Adapting;

/// <summary>What held-back samples say of a layer.</summary>
/// <param name="Loss">Mean cross-entropy and squared error of a sample.</param>
/// <param name="Accuracy">Balanced over the classes, 0 to 1; NaN where no sample has one.</param>
internal readonly record struct HeldScore(float Loss, float Accuracy);

/// <summary>Samples that are held back, laid out once for many measurements.</summary>
internal sealed class HeldSet : IDisposable
{
    private readonly LastLayer _general;
    private readonly ImmutableArray<ProfileSample> _samples;
    private readonly LastLayerBatch _batch;
    private readonly Outputs _ofGeneral;
    private readonly Outputs _ofPerson;

    public HeldSet(LastLayer general, ImmutableArray<ProfileSample> samples)
    {
        (_general, _samples) = (general, samples);
        _batch = new LastLayerBatch(general, samples.Length);
        foreach (ProfileSample sample in samples)
            _batch.Add(sample.Features.AsSpan(), []);
        (_ofGeneral, _ofPerson) = (new Outputs(samples.Length, general.ClassCount), new Outputs(samples.Length, general.ClassCount));
        general.Forward(_batch, _ofGeneral.Probabilities, _ofGeneral.Arousal, _ofGeneral.Valence);
    }

    public void Dispose() => _batch.Dispose();

    /// <summary>Measures the general layer.</summary>
    public HeldScore Measure(ImmutableArray<float> classWeights) => Score(_ofGeneral, 0, classWeights);

    /// <summary>Measures a person's layer as it has become so far.</summary>
    public HeldScore Measure(LastLayerTrainer trainer, float share, ImmutableArray<float> classWeights)
    {
        trainer.Forward(_batch, _ofPerson.Probabilities, _ofPerson.Arousal, _ofPerson.Valence);
        return Score(_ofPerson, share, classWeights);
    }

    /// <summary>Measures a layer that is there already.</summary>
    public HeldScore Measure(LastLayer layer, float share, ImmutableArray<float> classWeights)
    {
        layer.Forward(_batch, _ofPerson.Probabilities, _ofPerson.Arousal, _ofPerson.Valence);
        return Score(_ofPerson, share, classWeights);
    }

    private HeldScore Score(Outputs adapted, float share, ImmutableArray<float> classWeights)
    {
        int classes = _general.ClassCount;
        double loss = 0;
        var right = new int[classes];
        var counts = new int[classes];
        var row = new double[classes];
        for (int i = 0; i < _samples.Length; i++)
        {
            ProfileSample sample = _samples[i];
            if (sample.Expression >= 0)
            {
                // The formula of PersonLayer.
                double sum = 0;
                for (int c = 0; c < classes; c++)
                {
                    double general = _ofGeneral.Probabilities[(i * classes) + c];
                    row[c] = general + (share * (adapted.Probabilities[(i * classes) + c] - general));
                    sum += row[c] *= classWeights.IsEmpty ? 1 : classWeights[c];
                }

                loss -= Math.Log(Math.Max(row[sample.Expression] / sum, 1e-12));
                counts[sample.Expression]++;
                right[sample.Expression] += Array.IndexOf(row, row.Max()) == sample.Expression ? 1 : 0;
            }

            loss += SquaredError(_general.HasArousal, sample.Arousal, _ofGeneral.Arousal[i], adapted.Arousal[i], share)
                + SquaredError(_general.HasValence, sample.Valence, _ofGeneral.Valence[i], adapted.Valence[i], share);
        }

        double[] accuracies = [.. Enumerable.Range(0, classes).Where(c => counts[c] > 0).Select(c => (double)right[c] / counts[c])];
        return new HeldScore((float)(loss / Math.Max(1, _samples.Length)), accuracies.Length > 0 ? (float)accuracies.Average() : float.NaN);
    }

    private static double SquaredError(bool exists, float label, float general, float adapted, float share)
    {
        double error = general + (share * (adapted - general)) - label;
        return exists && !float.IsNaN(label) ? error * error : 0;
    }

    private sealed class Outputs(int samples, int classes)
    {
        public float[] Probabilities { get; } = new float[samples * classes];

        public float[] Arousal { get; } = new float[samples];

        public float[] Valence { get; } = new float[samples];
    }
}
