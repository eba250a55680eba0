namespace FerRos.Networks;

/// <summary>
/// Runs one network with its weights. Implementations own preallocated buffers: a runner is used by one thread
/// at a time, and a run allocates nothing once warm. Batches are independent inputs, one after the other.
/// </summary>
public interface INetworkRunner : IDisposable
{
    /// <summary>The network that runs.</summary>
    NetworkGraph Network { get; }

    /// <summary>What runs it, for logs: <c>cpu (AVX-512, 1 thread)</c>, <c>cuda (NVIDIA Orin)</c>.</summary>
    string Device { get; }

    /// <summary>Runs one input.</summary>
    /// <param name="input">Values in the layout of the network's input (row-major), exactly its size.</param>
    /// <exception cref="ArgumentException">The input's length is not the network's.</exception>
    void Run(ReadOnlySpan<float> input);

    /// <summary>An output of the last run, row-major; valid until the next run.</summary>
    /// <param name="name">Name of one of <see cref="NetworkGraph"/>'s outputs, or of a tensor that the runner was asked to keep.</param>
    /// <exception cref="KeyNotFoundException">No such output.</exception>
    ReadOnlySpan<float> Output(string name);
}
