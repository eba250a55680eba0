namespace FerRos.Inference;

/// <summary>
/// A part of a run: reads some maps, writes one, in chunks that may run in any order and on any thread.
/// </summary>
internal abstract unsafe class Step(string name)
{
    /// <summary>Name of the tensor that it makes.</summary>
    public string Name { get; } = name;

    public abstract IReadOnlyList<FeatureMap> Reads { get; }

    public abstract IReadOnlyList<FeatureMap> Writes { get; }

    /// <summary>Number of independent parts.</summary>
    public virtual int Chunks => 1;

    /// <summary>Floats of working memory that a chunk needs.</summary>
    public virtual nint ScratchFloats => 0;

    /// <summary>Floats of weights that the step keeps.</summary>
    public virtual nint WeightFloats => 0;

    /// <summary>Lays the weights out; the maps have their places by now.</summary>
    /// <param name="weights">Zeroed memory for <see cref="WeightFloats"/>, aligned to a cache line.</param>
    public virtual void Prepare(float* weights)
    {
    }

    /// <summary>Runs one chunk.</summary>
    /// <param name="chunk">0 to <see cref="Chunks"/> - 1.</param>
    /// <param name="context">What the running thread brings.</param>
    public abstract void Run(int chunk, in StepContext context);

    /// <summary>What kind of step it is, for tables of times.</summary>
    public override string ToString() => $"{GetType().Name.Split('`')[0]}, {Chunks} chunks";
}

/// <summary>What a thread brings to a step.</summary>
/// <param name="thread">The thread's number: 0 is the caller.</param>
/// <param name="scratch">Its working memory.</param>
/// <param name="frame">Number of the run.</param>
/// <param name="sequenceLength">Steps of the sequence that this run has.</param>
internal readonly unsafe struct StepContext(int thread, float* scratch, long frame, int sequenceLength)
{
    public int Thread { get; } = thread;

    public float* Scratch { get; } = scratch;

    public long Frame { get; } = frame;

    public int SequenceLength { get; } = sequenceLength;
}
