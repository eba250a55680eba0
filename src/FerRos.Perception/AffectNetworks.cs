using System.Collections.Immutable;
using FerRos.Networks;

namespace FerRos.Perception;

/// <summary>Makes affect networks of models.</summary>
public static class AffectNetworks
{
    /// <summary>The model that runs when no other is named; config/ferros.yaml names it, too.</summary>
    public const string Default = "facechannels-joint-shunting";

    /// <summary>Makes what a model's network calls for: one of single frames, or one of sequences.</summary>
    /// <param name="model">The model; its card says how crops become inputs.</param>
    /// <param name="createRunner">Makes a runner for the part of the model that sees pictures; called once.</param>
    /// <exception cref="NetworkException">The model is no affect network; the message says why.</exception>
    public static IAffectNetwork Create(Model model, Func<Model, INetworkRunner> createRunner)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.Network.SequenceLength > 0
            ? SequenceAffectNetwork.Create(model, createRunner)
            : FrameAffectNetwork.Create(model, createRunner);
    }

    internal static void Check(Model model)
    {
        var network = model.Network;
        bool expression = network.Outputs.Contains("expression");
        bool affect = network.Outputs.Contains("arousal") && network.Outputs.Contains("valence");
        if (network.Outputs.FirstOrDefault(o => o is not ("expression" or "arousal" or "valence")) is { } other)
            throw new NetworkException($"'{model.Name}' is no affect network: it has an output '{other}'");
        if (!expression && !affect)
            throw new NetworkException($"'{model.Name}' has neither an output 'expression' nor 'arousal' and 'valence'");
        if (expression && network["expression"].Shape.Count != model.Card.Classes.Length)
            throw new NetworkException($"'{model.Name}' has {network["expression"].Shape.Count} classes; its card names {model.Card.Classes.Length}");
    }

    internal static ImmutableArray<string> ClassesOf(Model model) => model.Network.Outputs.Contains("expression") ? model.Card.Classes : [];

    internal static Model Part(Model model, NetworkGraph part) => model with { Network = part, Weights = model.Weights.Of(part) };

    /// <summary>Several outputs one after the other.</summary>
    internal static void Gather(INetworkRunner runner, ImmutableArray<string> outputs, Span<float> values)
    {
        foreach (string output in outputs)
        {
            ReadOnlySpan<float> part = runner.Output(output);
            part.CopyTo(values);
            values = values[part.Length..];
        }
    }
}
