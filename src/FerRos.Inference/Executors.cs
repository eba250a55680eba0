using FerRos.Networks;

namespace FerRos.Inference;

/// <summary>Chooses what runs a network.</summary>
internal static class Executors
{
    public static IExecutor Create(NetworkGraph network, WeightSet weights, CpuRunnerOptions options)
    {
        weights.Check(network);
        if (options.Threads is < 1 or > 64)
            throw new NetworkException($"{options.Threads} threads: 1 to 64 are possible");
        foreach (var name in options.KeepTensors)
        {
            if (!network.Contains(name))
                throw new NetworkException($"'{network.Name}' has no layer '{name}' to keep");
        }

        if (network.SequenceLength > 0 && network.InputShape.Rank == 3)
            return new SequenceExecutor(network, weights, options);
        return options.Reference
            ? new ReferenceExecutor(network, weights, options.KeepTensors)
            : PlanExecutor.Create(network, weights, options);
    }
}
