using FerRos.Networks;

namespace FerRos.Training;

/// <summary>Stills, varied anew each time.</summary>
internal sealed class StillInputs(FaceDataset dataset, NetworkGraph network, AugmentationOptions augmentation) : IInputSource
{
    private readonly long[] _shape = [.. network.InputShape.Dimensions(network.Layout).Select(d => (long)d)];

    public int Length => network.InputLength;

    public int Steps(Random? random) => 0;

    public long[] Shape(int count, int steps) => [count, .. _shape];

    public IInputWriter CreateWriter() => new Writer(dataset, augmentation, new Preparation(network.InputShape, network.Layout));

    private sealed class Writer(FaceDataset dataset, AugmentationOptions augmentation, Preparation preparation) : IInputWriter
    {
        public int Write(int sample, int steps, Random? random, Span<float> input)
        {
            var picture = dataset.Pictures[dataset.Samples[sample].Picture];
            if (random is null)
            {
                preparation.Prepare(picture, dataset.Pictures.Size, Placement.Whole, input[..preparation.Length]);
            }
            else
            {
                Variation.Draw(augmentation, random).Apply(picture, dataset.Pictures.Size, preparation);
                preparation.Spread(input[..preparation.Length]);
            }

            return preparation.Length;
        }
    }
}
