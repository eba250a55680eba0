using FerRos.Networks;

namespace FerRos.Torch;

/// <summary>
/// Runs a network in libtorch, on a GPU or the host. Results are copied into buffers that are taken once; libtorch
/// itself allocates per run, from its cache.
/// </summary>
public sealed class TorchRunner : INetworkRunner
{
    private readonly TorchModule _module;
    private readonly HashSet<string> _keep;
    private readonly Dictionary<string, float[]> _outputs;
    private readonly long[] _shape;
    private bool _ran;

    /// <summary>Makes a runner.</summary>
    /// <param name="network">The network.</param>
    /// <param name="weights">Its weights; copied.</param>
    /// <param name="device">Where it computes.</param>
    /// <param name="keepTensors">Names of layers whose output can be read after a run as the network's outputs can.</param>
    /// <exception cref="WeightsException">The weights are not the network's.</exception>
    /// <exception cref="NetworkException">A tensor to keep does not exist.</exception>
    /// <exception cref="TorchNotInstalledException">libtorch is missing.</exception>
    /// <exception cref="TorchException">The device is not there.</exception>
    public TorchRunner(NetworkGraph network, WeightSet weights, torch.Device device = default, IReadOnlyCollection<string>? keepTensors = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        _keep = new HashSet<string>(keepTensors ?? [], StringComparer.Ordinal);
        if (_keep.FirstOrDefault(name => !network.Contains(name)) is { } unknown)
            throw new NetworkException($"network '{network.Name}' has no layer '{unknown}' to keep");
        Network = network;
        var steps = Math.Max(network.SequenceLength, 1);
        _outputs = network.Outputs.Union(_keep).ToDictionary(
            name => name, name => new float[network[name].Shape.Count * (network[name].PerStep ? steps : 1)], StringComparer.Ordinal);
        _shape = [1, .. network.SequenceLength > 0 ? [(long)steps] : Array.Empty<long>(), .. network.InputShape.Dimensions(network.Layout).Select(d => (long)d)];
        _module = new TorchModule(network, device);
        try
        {
            _module.Load(weights);
            _module.eval();
        }
        catch
        {
            _module.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public NetworkGraph Network { get; }

    /// <inheritdoc/>
    public string Device => $"{_module.Device} (libtorch {torch.Version})";

    /// <inheritdoc/>
    public void Run(ReadOnlySpan<float> input)
    {
        if (input.Length != Network.InputLength)
            throw new ArgumentException($"'{Network.Name}' takes {Network.InputLength} values, not {input.Length}", nameof(input));
        using var none = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var results = _module.Forward(torch.tensor(input, _shape).to(_module.Device), keep: _keep);
        foreach (var (name, buffer) in _outputs)
            results[name].CopyTo<float>(buffer);
        _ran = true;
    }

    /// <inheritdoc/>
    public ReadOnlySpan<float> Output(string name)
    {
        if (!_outputs.TryGetValue(name, out var buffer))
            throw new KeyNotFoundException($"'{Network.Name}' gives {string.Join(", ", _outputs.Keys)}, not '{name}'");
        return _ran ? buffer : throw new InvalidOperationException($"'{Network.Name}' has not run yet");
    }

    /// <inheritdoc/>
    public void Dispose() => _module.Dispose();
}
