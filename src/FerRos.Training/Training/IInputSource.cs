namespace FerRos.Training;

/// <summary>Where the inputs of a network's samples come from, in training and in judging.</summary>
internal interface IInputSource
{
    /// <summary>Values of one sample at most.</summary>
    int Length { get; }

    /// <summary>Draws how many steps the sequences of a batch have; 0 where the network takes stills.</summary>
    /// <param name="random">The batch's generator; null: as many as there can be.</param>
    int Steps(Random? random);

    /// <summary>The shape of a batch as libtorch takes it.</summary>
    long[] Shape(int count, int steps);

    /// <summary>Makes something that writes inputs; one for each thread.</summary>
    IInputWriter CreateWriter();
}

/// <summary>Writes the inputs of samples; one thread at a time.</summary>
internal interface IInputWriter
{
    /// <summary>Writes one sample.</summary>
    /// <param name="sample">Its index in the dataset.</param>
    /// <param name="steps">Number of steps of a sequence.</param>
    /// <param name="random">What varies it; null: as it is, for judging.</param>
    /// <param name="input">Receives the values.</param>
    /// <returns>Number of values.</returns>
    int Write(int sample, int steps, Random? random, Span<float> input);
}
