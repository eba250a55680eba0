using System.Collections.Immutable;
using FerRos.Inference;
using FerRos.Networks;

namespace FerRos.Perception;

/// <summary>One labelled look at a person's face. No picture is kept.</summary>
public sealed record ProfileSample
{
    /// <summary>What the last layer read: finite values. Biometric data.</summary>
    public required ImmutableArray<float> Features { get; init; }

    /// <summary>The episode that it was collected in: one call. Samples of one episode are much alike.</summary>
    public required string Episode { get; init; }

    /// <summary>The picture's stamp in nanoseconds: the order within an episode.</summary>
    public required long Stamp { get; init; }

    /// <summary>Index of the class that the person showed; -1: not said.</summary>
    public int Expression { get; init; } = -1;

    /// <summary>-1 to 1; NaN: not said.</summary>
    public float Arousal { get; init; } = float.NaN;

    /// <summary>-1 to 1; NaN: not said.</summary>
    public float Valence { get; init; } = float.NaN;
}

/// <summary>What held-back samples said of a training; NaN where there were too few of them.</summary>
/// <param name="LossBefore">Loss of the general layer.</param>
/// <param name="LossAfter">Loss of the person's layer.</param>
/// <param name="AccuracyBefore">Balanced accuracy of the general layer, 0 to 1.</param>
/// <param name="AccuracyAfter">Balanced accuracy of the person's layer.</param>
/// <param name="PriorAccuracy">Balanced accuracy of the general layer with the person's class prior alone.</param>
/// <param name="RehearsalBefore">Accuracy of the general layer on the rehearsal set.</param>
/// <param name="RehearsalAfter">Accuracy of the person's layer, without the class prior, on the rehearsal set.</param>
public sealed record AdaptationScores(
    float LossBefore,
    float LossAfter,
    float AccuracyBefore,
    float AccuracyAfter,
    float PriorAccuracy = float.NaN,
    float RehearsalBefore = float.NaN,
    float RehearsalAfter = float.NaN)
{
    /// <summary>Nothing was held back.</summary>
    public static AdaptationScores Unknown { get; } = new(float.NaN, float.NaN, float.NaN, float.NaN);
}

/// <summary>
/// What is known of a person: labelled samples, and the layer that was trained from them. Immutable: a change makes
/// another profile, which <see cref="ProfileStore.Save"/> stores as the next version.
/// </summary>
public sealed record Profile
{
    /// <summary>The person's id.</summary>
    public required string PersonId { get; init; }

    /// <summary>The network and weights that it belongs to.</summary>
    public required NetworkIdentity Network { get; init; }

    /// <summary>The samples, oldest episode first.</summary>
    public ImmutableArray<ProfileSample> Samples { get => field.IsDefault ? [] : field; init; }

    /// <summary>The adapted weights (<see cref="LastLayer.ToWeightSet"/>); null: none are in use.</summary>
    public WeightSet? Layer { get; init; }

    /// <summary>The adapted layer's share against the general one, 0 to 1 (<see cref="PersonLayer"/>).</summary>
    public float Share { get; init; }

    /// <summary>Weights of the classes from the person's class prior; empty: none.</summary>
    public ImmutableArray<float> ClassWeights { get => field.IsDefault ? [] : field; init; }

    /// <summary>What the last training measured.</summary>
    public AdaptationScores Scores { get; init; } = AdaptationScores.Unknown;

    /// <summary>When the profile was begun.</summary>
    public DateTimeOffset Created { get; init; }

    /// <summary>When it was last changed.</summary>
    public DateTimeOffset Changed { get; init; }

    /// <summary>When the layer or the class weights in use were made; null: none are in use.</summary>
    public DateTimeOffset? Adapted { get; init; }

    /// <summary>Number of the stored version, from 1; 0: not stored yet.</summary>
    public int Version { get; init; }

    /// <summary>Whether estimates for this person differ from those for others.</summary>
    public bool IsActive => Layer is not null || !ClassWeights.IsEmpty;

    /// <summary>Names of the classes that there are samples of, in the network's order.</summary>
    public ImmutableArray<string> Expressions =>
        [.. Network.Classes.Where((_, c) => Samples.Any(s => s.Expression == c))];

    /// <summary>A profile without samples.</summary>
    /// <exception cref="ProfileException">The id is not allowed.</exception>
    public static Profile Create(string personId, NetworkIdentity network, DateTimeOffset now)
    {
        PersonIds.Check(personId);
        return new Profile { PersonId = personId, Network = network, Created = now, Changed = now };
    }

    /// <summary>The profile with the samples of another episode.</summary>
    /// <exception cref="ArgumentException">A sample has another length, an unknown class or impossible values; the message names it.</exception>
    public Profile Add(IEnumerable<ProfileSample> samples, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(samples);
        ProfileSample[] added = [.. samples];
        foreach (ProfileSample sample in added)
        {
            if (Problem(sample, Network) is { } problem)
                throw new ArgumentException(problem, nameof(samples));
        }

        return this with { Samples = [.. Samples, .. added], Changed = now };
    }

    /// <summary>What makes this person's estimates; null: the general layer alone.</summary>
    /// <param name="general">The network's general last layer.</param>
    /// <exception cref="ProfileException">The stored weights do not fit the layer, as in a file that somebody else made.</exception>
    public PersonLayer? ToPersonLayer(LastLayer general)
    {
        ArgumentNullException.ThrowIfNull(general);
        try
        {
            return IsActive
                ? new PersonLayer(PersonId, Layer is null ? general : general.With(Layer), Layer is null ? 0 : Share, ClassWeights)
                : null;
        }
        catch (WeightsException e)
        {
            throw new ProfileException(ProfileError.Damaged, $"The layer of '{PersonId}' does not fit '{Network.Network}': {e.Message}. Undo it, or forget the person.", e);
        }
    }

    /// <summary>What is impossible about a sample; null: nothing.</summary>
    internal static string? Problem(ProfileSample sample, NetworkIdentity network)
    {
        if (sample.Features.IsDefault || sample.Features.Length != network.FeatureLength)
            return $"A sample has {(sample.Features.IsDefault ? 0 : sample.Features.Length)} values instead of {network.FeatureLength}.";
        foreach (float value in sample.Features)
        {
            if (!float.IsFinite(value))
                return $"A sample holds {value}.";
        }

        if (sample.Expression < -1 || sample.Expression >= network.Classes.Length)
            return $"A sample has class {sample.Expression}; there are {network.Classes.Length}.";
        if (sample.Arousal is < -1 or > 1 || sample.Valence is < -1 or > 1)
            return $"A sample has arousal {sample.Arousal} and valence {sample.Valence}; both are -1 to 1.";
        if (sample.Expression < 0 && float.IsNaN(sample.Arousal) && float.IsNaN(sample.Valence))
            return "A sample has no label.";
        return string.IsNullOrEmpty(sample.Episode) ? "A sample belongs to no episode." : null;
    }
}

/// <summary>Ids of persons: a letter, then letters, digits and _, of ASCII. They are names of folders and parts of ROS names.</summary>
public static class PersonIds
{
    /// <summary>The longest id.</summary>
    public const int MaxLength = 64;

    /// <summary>Whether an id is allowed.</summary>
    public static bool IsValid(string? personId) =>
        personId is { Length: > 0 and <= MaxLength } && char.IsAsciiLetter(personId[0])
        && personId.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    /// <summary>Refuses an id that is not allowed.</summary>
    /// <exception cref="ProfileException">It is not; the message says what is.</exception>
    public static void Check(string? personId)
    {
        if (!IsValid(personId))
        {
            string shown = personId is { Length: > MaxLength } ? personId[..MaxLength] + "..." : personId ?? "";
            throw new ProfileException(
                ProfileError.InvalidId, $"'{shown}' is no person id: a letter, then letters, digits and _, at most {MaxLength} in all.");
        }
    }
}
