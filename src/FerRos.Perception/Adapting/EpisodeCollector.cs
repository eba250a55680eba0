using System.Collections.Immutable;
using System.Globalization;

namespace FerRos.Perception;

/// <summary>What is to be collected: frames of one face that shows one thing.</summary>
/// <param name="FaceId">The face.</param>
/// <param name="Frames">How many good frames, at least 1.</param>
/// <param name="Expression">Index of the class that the person shows; -1: not said.</param>
/// <param name="Arousal">-1 to 1; NaN: not said.</param>
/// <param name="Valence">-1 to 1; NaN: not said.</param>
/// <param name="Timeout">How long to collect, by the pictures' stamps; zero: <see cref="AdaptationOptions.Timeout"/>.</param>
public sealed record EpisodeRequest(
    string FaceId, int Frames, int Expression = -1, float Arousal = float.NaN, float Valence = float.NaN, TimeSpan Timeout = default);

/// <summary>How far collecting is.</summary>
public enum EpisodeState
{
    /// <summary>Frames are still wanted.</summary>
    Collecting,

    /// <summary>All frames are there.</summary>
    Complete,

    /// <summary>The face left; what is there is kept.</summary>
    FaceLost,

    /// <summary>Time is up; what is there is kept.</summary>
    TimedOut,

    /// <summary>It was cancelled; what is there is kept.</summary>
    Cancelled,
}

/// <summary>Why a frame was not collected.</summary>
public enum FrameRefusal
{
    /// <summary>It was.</summary>
    None,

    /// <summary>The crop is blurred (<see cref="AdaptationOptions.MinSharpness"/>).</summary>
    Blurred,

    /// <summary>The face looks aside (<see cref="AdaptationOptions.MinFrontalness"/>).</summary>
    Turned,

    /// <summary>The face is too small (<see cref="AdaptationOptions.MinFaceSize"/>).</summary>
    TooSmall,

    /// <summary>It came right after another one (<see cref="AdaptationOptions.MinInterval"/>).</summary>
    TooSoon,

    /// <summary>The face was not seen in this picture, though it is still followed.</summary>
    NotSeen,

    /// <summary>What the network made of it is no number.</summary>
    NotFinite,
}

/// <summary>
/// Gathers one episode: good frames of one face while it keeps its id. Fed with every result of the pipeline, on the
/// pipeline's thread; time is the pictures' stamps. It holds features, never pictures.
/// </summary>
public sealed class EpisodeCollector
{
    private static readonly FrameRefusal[] Refusals = [.. Enum.GetValues<FrameRefusal>().Where(r => r != FrameRefusal.None)];

    private readonly AdaptationOptions _options;
    private readonly ImmutableArray<ProfileSample>.Builder _samples = ImmutableArray.CreateBuilder<ProfileSample>();
    private readonly int[] _refused = new int[Enum.GetValues<FrameRefusal>().Length];
    private long? _first;
    private long _last;
    private long? _taken;

    /// <summary>Begins an episode.</summary>
    /// <param name="request">What to collect.</param>
    /// <param name="options">Which frames are good enough.</param>
    /// <param name="episode">The episode's id; null: a new one.</param>
    /// <exception cref="InvalidOptionException">A value of the request or of the options is not allowed; the message names it.</exception>
    public EpisodeCollector(EpisodeRequest request, AdaptationOptions options, string? episode = null)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrEmpty(request.FaceId);
        options.Validate();
        if (request.Frames < 1 || request.Frames > options.MaxFrames)
            throw new InvalidOptionException("frames", request.Frames, string.Create(CultureInfo.InvariantCulture, $"1 to {options.MaxFrames} (adaptation.max_frames)"));
        if (request.Arousal is < -1 or > 1)
            throw new InvalidOptionException("arousal", request.Arousal, "-1 to 1");
        if (request.Valence is < -1 or > 1)
            throw new InvalidOptionException("valence", request.Valence, "-1 to 1");
        if (request.Expression < 0 && float.IsNaN(request.Arousal) && float.IsNaN(request.Valence))
            throw new InvalidOptionException("expression", "empty", "given where frames are collected, or arousal and valence are");
        if (request.Timeout < TimeSpan.Zero || request.Timeout > TimeSpan.FromHours(1))
            throw new InvalidOptionException("timeout", request.Timeout.TotalSeconds, "0 to 3600 seconds; 0 for the default");
        Request = request;
        _options = options;
        Episode = episode ?? Guid.NewGuid().ToString("N");
        Timeout = request.Timeout == TimeSpan.Zero ? options.Timeout : request.Timeout;
    }

    /// <summary>What is collected.</summary>
    public EpisodeRequest Request { get; }

    /// <summary>The episode's id.</summary>
    public string Episode { get; }

    /// <summary>How long collecting lasts at most.</summary>
    public TimeSpan Timeout { get; }

    /// <summary>How far it is.</summary>
    public EpisodeState State { get; private set; } = EpisodeState.Collecting;

    /// <summary>How many good frames there are.</summary>
    public int Collected => _samples.Count;

    /// <summary>The samples so far.</summary>
    public ImmutableArray<ProfileSample> Samples => _samples.ToImmutable();

    /// <summary>How many frames were refused for a reason.</summary>
    public int Refused(FrameRefusal reason) => _refused[(int)reason];

    /// <summary>Looks at a picture.</summary>
    /// <param name="result">What the pipeline made of it.</param>
    /// <returns>Why its frame was not collected; <see cref="FrameRefusal.None"/> where it was, or collecting has ended.</returns>
    public FrameRefusal Observe(PerceptionResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        AffectEstimate? face = null;
        foreach (AffectEstimate candidate in result.Faces)
        {
            if (candidate.FaceId == Request.FaceId)
                face = candidate;
        }

        bool followed = face is not null || result.TrackedIds.Contains(Request.FaceId);
        return Observe(result.Stamp, face, followed);
    }

    /// <summary>Looks at a picture.</summary>
    /// <param name="stamp">The picture's stamp in nanoseconds.</param>
    /// <param name="face">The face in it; null: it is not to be seen.</param>
    /// <param name="followed">Whether the face's id is still alive.</param>
    /// <returns>Why its frame was not collected; <see cref="FrameRefusal.None"/> where it was, or collecting has ended.</returns>
    public FrameRefusal Observe(long stamp, AffectEstimate? face, bool followed = true)
    {
        if (State != EpisodeState.Collecting)
            return FrameRefusal.None;
        _first ??= stamp;
        // A stamp that goes back starts all tracks afresh: the id is another face's, if anybody's.
        if (!followed || stamp < _last)
        {
            State = EpisodeState.FaceLost;
            return FrameRefusal.NotSeen;
        }

        _last = stamp;
        if (stamp - _first.Value > Timeout.Ticks * 100)
        {
            State = EpisodeState.TimedOut;
            return FrameRefusal.None;
        }

        FrameRefusal refusal = Judge(stamp, face);
        if (refusal != FrameRefusal.None)
        {
            _refused[(int)refusal]++;
            return refusal;
        }

        _taken = stamp;
        _samples.Add(new ProfileSample
        {
            Features = [.. face!.Summary],
            Episode = Episode,
            Stamp = stamp,
            Expression = Request.Expression,
            Arousal = Request.Arousal,
            Valence = Request.Valence,
        });
        if (_samples.Count == Request.Frames)
            State = EpisodeState.Complete;
        return FrameRefusal.None;
    }

    /// <summary>Ends collecting; what is there is kept.</summary>
    public void Cancel() => End(EpisodeState.Cancelled);

    /// <summary>Ends collecting because no picture came in time; what is there is kept.</summary>
    public void Expire() => End(EpisodeState.TimedOut);

    /// <summary>A sentence for people: how many frames there are, why it ended, and what was refused.</summary>
    public string Describe()
    {
        string end = State switch
        {
            EpisodeState.Complete => "",
            EpisodeState.FaceLost => "; the face was lost",
            EpisodeState.TimedOut => FormattableString.Invariant($"; time was up after {Timeout.TotalSeconds:0.#} s"),
            EpisodeState.Cancelled => "; it was cancelled",
            _ => "; collecting goes on",
        };
        string refused = string.Join(", ", Refusals.Where(r => _refused[(int)r] > 0).Select(r => FormattableString.Invariant($"{_refused[(int)r]} {Describe(r)}")));
        string counted = FormattableString.Invariant($"{Collected} of {Request.Frames} frames collected{end}");
        return refused.Length == 0 ? counted : $"{counted} (refused: {refused})";
    }

    private FrameRefusal Judge(long stamp, AffectEstimate? face)
    {
        if (face is null)
            return FrameRefusal.NotSeen;
        if (_taken is { } taken && stamp - taken < _options.MinInterval.Ticks * 100)
            return FrameRefusal.TooSoon;
        // A face cut out by others has no box.
        if (face.Box.Width > 0 && face.Box.Width < _options.MinFaceSize)
            return FrameRefusal.TooSmall;
        if (face.Keypoints != default && face.Quality.Frontalness < _options.MinFrontalness)
            return FrameRefusal.Turned;
        if (face.Quality.Sharpness < _options.MinSharpness)
            return FrameRefusal.Blurred;
        foreach (float value in face.Summary)
        {
            if (!float.IsFinite(value))
                return FrameRefusal.NotFinite;
        }

        return FrameRefusal.None;
    }

    /// <summary>Why a frame was refused, in words that stand behind "frame": turned aside.</summary>
    public static string Describe(FrameRefusal refusal) => refusal switch
    {
        FrameRefusal.Blurred => "blurred",
        FrameRefusal.Turned => "turned aside",
        FrameRefusal.TooSmall => "too small",
        FrameRefusal.TooSoon => "too soon after another",
        FrameRefusal.NotSeen => "without the face",
        _ => "without a finite value",
    };

    private void End(EpisodeState state)
    {
        if (State == EpisodeState.Collecting)
            State = state;
    }
}
