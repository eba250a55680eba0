using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using FerRos.Inference;
using FerRos.Networks;

namespace FerRos.Perception;

/// <summary>Which network and weights a profile belongs to.</summary>
/// <param name="Network">Name of the network.</param>
/// <param name="Weights">SHA-256 of all weights, in hexadecimal digits.</param>
/// <param name="Encoder">
/// SHA-256 of the weights before the last layer: where it agrees, stored features are those of this network, and a layer
/// can be trained anew from them.
/// </param>
/// <param name="Classes">Names of the expression classes, in the network's order.</param>
/// <param name="FeatureLength">Values of one sample.</param>
public sealed record NetworkIdentity(string Network, string Weights, string Encoder, ImmutableArray<string> Classes, int FeatureLength)
{
    /// <summary>The identity of a model.</summary>
    /// <param name="model">Graph, weights and card.</param>
    /// <exception cref="NetworkException">The network has no part that adapts.</exception>
    public static NetworkIdentity Of(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var last = LastLayer.Create(model.Network, model.Weights);
        HashSet<string> layers = [.. last.Layers];
        return new NetworkIdentity(
            model.Network.Name,
            Hash(model.Weights, static _ => true),
            Hash(model.Weights, name => !layers.Contains(name[..Math.Max(0, name.LastIndexOf('/'))])),
            model.Card.Classes,
            last.InputLength);
    }

    /// <inheritdoc/>
    public bool Equals(NetworkIdentity? other) =>
        other is not null && Network == other.Network && Weights == other.Weights && Encoder == other.Encoder
        && FeatureLength == other.FeatureLength && Classes.SequenceEqual(other.Classes);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Network, Weights);

    /// <summary>
    /// Whether samples of another identity can be used here: the same encoder, so that features mean the same, and no
    /// class that is not here.
    /// </summary>
    /// <param name="other">Where the samples come from.</param>
    public bool SharesFeaturesWith(NetworkIdentity other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Encoder == other.Encoder && FeatureLength == other.FeatureLength && Classes.SequenceEqual(other.Classes);
    }

    private static string Hash(WeightSet weights, Func<string, bool> counts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> number = stackalloc byte[4];
        foreach ((string name, WeightTensor tensor) in weights.Tensors.OrderBy(t => t.Key, StringComparer.Ordinal))
        {
            if (!counts(name))
                continue;
            hash.AppendData(Encoding.UTF8.GetBytes(name + "\n"));
            foreach (int axis in tensor.Shape)
            {
                BinaryPrimitives.WriteInt32LittleEndian(number, axis);
                hash.AppendData(number);
            }

            hash.AppendData(MemoryMarshal.AsBytes(tensor.Values));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
