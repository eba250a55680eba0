using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using FerRos.Networks;

namespace FerRos.Perception.Files;

/// <summary>
/// A profile as one safetensors file: the samples (<c>samples/features</c>, <c>samples/labels</c>), the adapted weights
/// (<c>layer/...</c>), and in the metadata the card (JSON) and a SHA-256 over card and tensors, so that a flipped bit is
/// found.
/// </summary>
internal static class ProfileFile
{
    /// <summary>Of the format. A higher one was written by a newer program.</summary>
    public const int FormatVersion = 1;

    /// <summary>A file larger than this is no profile: 100,000 samples of the longest features in the zoo.</summary>
    public const long MaxBytes = 2L << 30;

    private const string LayerPrefix = "layer/";
    private const int LabelColumns = 6;

    public static void Write(Stream stream, Profile profile)
    {
        var tensors = new Dictionary<string, WeightTensor>(StringComparer.Ordinal);
        int length = profile.Network.FeatureLength;
        int count = profile.Samples.Length;
        var features = new float[count * length];
        var labels = new float[count * LabelColumns];
        for (int i = 0; i < count; i++)
        {
            ProfileSample sample = profile.Samples[i];
            sample.Features.CopyTo(features, i * length);
            // The format has no NaN: what is not said has a 0 in the column that says whether.
            ReadOnlySpan<float> row =
            [
                sample.Expression,
                float.IsNaN(sample.Arousal) ? 0 : 1, float.IsNaN(sample.Arousal) ? 0 : sample.Arousal,
                float.IsNaN(sample.Valence) ? 0 : 1, float.IsNaN(sample.Valence) ? 0 : sample.Valence,
                0,
            ];
            row.CopyTo(labels.AsSpan(i * LabelColumns));
        }

        tensors["samples/features"] = new WeightTensor([count, length], features);
        tensors["samples/labels"] = new WeightTensor([count, LabelColumns], labels);
        foreach ((string name, WeightTensor tensor) in profile.Layer?.Tensors ?? ImmutableDictionary<string, WeightTensor>.Empty)
            tensors[LayerPrefix + name] = tensor;
        string card = JsonSerializer.Serialize(ProfileCard.Of(profile), ProfileCardJson.Default.ProfileCard);
        new WeightSet(tensors, new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["format"] = FormatVersion.ToString(CultureInfo.InvariantCulture),
            ["card"] = card,
            ["sha256"] = Hash(card, tensors),
        }).Write(stream);
    }

    /// <exception cref="ProfileException">The data are damaged, or of a newer version.</exception>
    public static Profile Read(Stream stream, string source, int version)
    {
        if (stream.Length > MaxBytes)
            throw Damaged(source, $"it has {stream.Length} bytes");
        WeightSet set;
        try
        {
            set = WeightSet.Read(stream, source);
        }
        catch (Exception e) when (e is WeightsException or EndOfStreamException or OverflowException)
        {
            throw new ProfileException(ProfileError.Damaged, $"{source} is no profile, or damaged: {e.Message}", e);
        }

        if (!set.Metadata.TryGetValue("format", out string? format) || !int.TryParse(format, CultureInfo.InvariantCulture, out int number)
            || number < 1)
        {
            throw Damaged(source, "it is not a profile");
        }

        // First of all: what else a newer one holds is not known here, and it must not be set aside as damaged.
        if (number > FormatVersion)
            throw new ProfileException(ProfileError.NewerVersion, $"{source} was written by a newer version (format {number}; this one reads up to {FormatVersion}). Update this program.");
        if (!set.Metadata.TryGetValue("card", out string? text) || !set.Metadata.TryGetValue("sha256", out string? hash))
            throw Damaged(source, "it is not a profile");
        if (Hash(text, set.Tensors) != hash)
            throw Damaged(source, "its contents do not fit its checksum");
        try
        {
            ProfileCard card = JsonSerializer.Deserialize(text, ProfileCardJson.Default.ProfileCard) ?? throw new JsonException("the card is empty");
            return Assemble(set, card, source, version);
        }
        catch (Exception e) when (e is JsonException or WeightsException)
        {
            throw new ProfileException(ProfileError.Damaged, $"{source} is damaged: {e.Message}", e);
        }
    }

    private static Profile Assemble(WeightSet set, ProfileCard card, string source, int version)
    {
        WeightTensor features = set["samples/features"];
        WeightTensor labels = set["samples/labels"];
        if (!PersonIds.IsValid(card.PersonId))
            throw Damaged(source, $"'{card.PersonId}' is no person id");
        var network = new NetworkIdentity(card.Network, card.Weights, card.Encoder, card.Classes, card.FeatureLength);
        int count = card.Episodes.IsDefault ? 0 : card.Episodes.Length;
        if (card.Stamps.Length != count || !features.Shape.SequenceEqual([count, network.FeatureLength]) || !labels.Shape.SequenceEqual([count, LabelColumns]))
            throw Damaged(source, $"{features} features and {labels} labels do not fit {count} samples");
        var samples = ImmutableArray.CreateBuilder<ProfileSample>(count);
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<float> row = labels.Values.Slice(i * LabelColumns, LabelColumns);
            var sample = new ProfileSample
            {
                Features = [.. features.Values.Slice(i * network.FeatureLength, network.FeatureLength)],
                Episode = card.Episodes[i],
                Stamp = card.Stamps[i],
                Expression = (int)row[0],
                Arousal = row[1] > 0 ? row[2] : float.NaN,
                Valence = row[3] > 0 ? row[4] : float.NaN,
            };
            if (Profile.Problem(sample, network) is { } problem)
                throw Damaged(source, problem);
            samples.Add(sample);
        }

        KeyValuePair<string, WeightTensor>[] layer =
        [
            .. set.Tensors.Where(t => t.Key.StartsWith(LayerPrefix, StringComparison.Ordinal))
                .Select(t => KeyValuePair.Create(t.Key[LayerPrefix.Length..], t.Value)),
        ];
        if (!(card.Share >= 0 && card.Share <= 1) || (!card.ClassWeights.IsDefaultOrEmpty
            && (card.ClassWeights.Length != network.Classes.Length || card.ClassWeights.Any(w => !(w > 0 && float.IsFinite(w))))))
        {
            throw Damaged(source, "share or class weights are impossible");
        }

        return new Profile
        {
            PersonId = card.PersonId,
            Network = network,
            Samples = samples.MoveToImmutable(),
            Layer = layer.Length == 0 ? null : new WeightSet(layer),
            Share = card.Share,
            ClassWeights = card.ClassWeights.IsDefault ? [] : card.ClassWeights,
            Scores = card.Scores ?? AdaptationScores.Unknown,
            Created = card.Created,
            Changed = card.Changed,
            Adapted = card.Adapted,
            Version = version,
        };
    }

    private static ProfileException Damaged(string source, string why) => new(ProfileError.Damaged, $"{source} is damaged: {why}.");

    private static string Hash(string card, IReadOnlyDictionary<string, WeightTensor> tensors)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(card));
        foreach ((string name, WeightTensor tensor) in tensors.OrderBy(t => t.Key, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"\n{name} {tensor}\n"));
            hash.AppendData(MemoryMarshal.AsBytes(tensor.Values));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}

/// <summary>What a profile's file says besides numbers.</summary>
internal sealed record ProfileCard
{
    public required string PersonId { get; init; }

    public required string Network { get; init; }

    public required string Weights { get; init; }

    public required string Encoder { get; init; }

    public required ImmutableArray<string> Classes { get; init; }

    public required int FeatureLength { get; init; }

    public DateTimeOffset Created { get; init; }

    public DateTimeOffset Changed { get; init; }

    public DateTimeOffset? Adapted { get; init; }

    public float Share { get; init; }

    public ImmutableArray<float> ClassWeights { get; init; }

    public AdaptationScores? Scores { get; init; }

    public ImmutableArray<string> Episodes { get; init; }

    public ImmutableArray<long> Stamps { get; init; }

    public static ProfileCard Of(Profile profile) => new()
    {
        PersonId = profile.PersonId,
        Network = profile.Network.Network,
        Weights = profile.Network.Weights,
        Encoder = profile.Network.Encoder,
        Classes = profile.Network.Classes,
        FeatureLength = profile.Network.FeatureLength,
        Created = profile.Created,
        Changed = profile.Changed,
        Adapted = profile.Adapted,
        Share = profile.Share,
        ClassWeights = profile.ClassWeights,
        Scores = profile.Scores,
        Episodes = [.. profile.Samples.Select(s => s.Episode)],
        Stamps = [.. profile.Samples.Select(s => s.Stamp)],
    };
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(ProfileCard))]
internal sealed partial class ProfileCardJson : JsonSerializerContext;
