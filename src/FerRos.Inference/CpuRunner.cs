using System.Diagnostics.CodeAnalysis;
using FerRos.Networks;

namespace FerRos.Inference;

/// <summary>
/// Runs a network on the processor. Weights are laid out for it and all memory is taken when the runner is made; a
/// run allocates nothing. One thread at a time may use a runner; several runners may share one <see cref="WeightSet"/>.
/// </summary>
public sealed class CpuRunner : INetworkRunner
{
    private readonly IExecutor _executor;

    private CpuRunner(NetworkGraph network, IExecutor executor)
    {
        Network = network;
        _executor = executor;
    }

    /// <inheritdoc/>
    public NetworkGraph Network { get; }

    /// <inheritdoc/>
    public string Device => _executor.Device;

    /// <summary>Makes a runner.</summary>
    /// <param name="network">The network; one that takes a sequence is run frame by frame and step by step.</param>
    /// <param name="weights">Its weights; not needed any more once the runner is made.</param>
    /// <param name="options">Threads, and what to keep.</param>
    /// <exception cref="WeightsException">The weights are not the network's.</exception>
    /// <exception cref="NetworkException">A tensor to keep does not exist, or the number of threads is not 1 to 64.</exception>
    public static CpuRunner Create(NetworkGraph network, WeightSet weights, CpuRunnerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(weights);
        options ??= new CpuRunnerOptions();
        return new CpuRunner(network, Executors.Create(network, weights, options));
    }

    /// <inheritdoc/>
    public void Run(ReadOnlySpan<float> input)
    {
        if (input.Length != Network.InputLength)
            ThrowLength(input);
        _executor.Run(input, Math.Max(Network.SequenceLength, 1));
    }

    /// <summary>Runs a sequence that may be shorter than the network's longest.</summary>
    /// <param name="input">The steps, one after the other.</param>
    /// <param name="steps">1 to <see cref="NetworkGraph.SequenceLength"/>.</param>
    /// <exception cref="ArgumentException">The network takes no sequences, or the length is not that of so many steps.</exception>
    public void Run(ReadOnlySpan<float> input, int steps)
    {
        if (steps < 1 || steps > Network.SequenceLength || input.Length != steps * Network.InputShape.Count)
            throw new ArgumentException($"'{Network.Name}' takes 1 to {Network.SequenceLength} steps of {Network.InputShape}; {steps} with {input.Length} values were given", nameof(steps));
        _executor.Run(input, steps);
    }

    /// <inheritdoc/>
    public ReadOnlySpan<float> Output(string name) => _executor.Output(name);

    /// <summary>Shortest time of each step over several runs on the calling thread, in microseconds: shows where time goes.</summary>
    internal IReadOnlyList<(string Step, double Microseconds)> MeasureSteps(ReadOnlySpan<float> input, int runs) =>
        (_executor as PlanExecutor)?.MeasureSteps(input, runs) ?? [];

    /// <inheritdoc/>
    public void Dispose() => _executor.Dispose();

    [DoesNotReturn]
    private void ThrowLength(ReadOnlySpan<float> input) => throw new ArgumentException(
        $"'{Network.Name}' takes {Network.InputLength} values ({(Network.SequenceLength > 0 ? $"{Network.SequenceLength} steps of " : "")}{Network.InputShape}), not {input.Length}",
        nameof(input));
}
