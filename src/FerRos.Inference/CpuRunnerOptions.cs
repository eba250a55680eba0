namespace FerRos.Inference;

/// <summary>How <see cref="CpuRunner"/> runs a network.</summary>
public sealed record CpuRunnerOptions
{
    /// <summary>Threads that share one run. At a camera's rate one thread is the better choice: waking a second costs 0.3 ms.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>
    /// Names of layers whose output can be read after a run as the network's outputs can. Layers are not merged across
    /// them, which costs time.
    /// </summary>
    public IReadOnlyCollection<string> KeepTensors { get; init; } = [];

    /// <summary>Runs plain loops over every layer as it is declared: slow, and simple enough to check the engine against.</summary>
    public bool Reference { get; init; }

    /// <summary>Lanes of the vectors: a test can ask for less than the processor has.</summary>
    internal int VectorLanes { get; init; } = PlanExecutor.WidestVector;
}
