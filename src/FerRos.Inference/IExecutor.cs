namespace FerRos.Inference;

/// <summary>A network made ready to run: buffers and weights in the form that the kernels want.</summary>
internal interface IExecutor : IDisposable
{
    /// <summary>What runs it, for logs.</summary>
    string Device { get; }

    /// <summary>Runs one input of so many steps (1 for an image or a vector), row-major in the network's layout.</summary>
    void Run(ReadOnlySpan<float> input, int steps);

    /// <summary>An output or kept tensor of the last run, row-major in the network's layout.</summary>
    ReadOnlySpan<float> Output(string name);
}
