using FerRos.Perception;

namespace FerRos.Node;

/// <summary>A person whose profile is stored.</summary>
/// <param name="Id">The person.</param>
/// <param name="Samples">Labelled frames.</param>
/// <param name="Expressions">Expressions among their labels.</param>
/// <param name="Adapted">When the layer in use was trained; null: there is none.</param>
internal sealed record StoredPerson(string Id, int Samples, IReadOnlyList<string> Expressions, DateTimeOffset? Adapted);

/// <summary>What learning led to.</summary>
/// <param name="Answer">For the caller.</param>
/// <param name="Layer">The new layer; null: the one of before stays.</param>
internal sealed record LearningOutcome(AdaptationAnswer Answer, PersonLayer? Layer);

/// <summary>Labelled frames of one face, as they come.</summary>
internal interface IEpisode
{
    /// <summary>Frames that were taken.</summary>
    int Count { get; }

    /// <summary>Frames that were asked for.</summary>
    int Requested { get; }

    /// <summary>How many frames were refused for which reasons, for people; empty: none.</summary>
    string Refusals { get; }

    /// <summary>Offers the face's estimate of one picture. On the perception thread; copies what it takes.</summary>
    void Offer(AffectEstimate estimate, long stamp);
}

/// <summary>
/// The profiles of persons, and how they come about. Calls take turns; they may read and write files and train, and so
/// never run on the threads of camera and middleware. What a user can put right is a <see cref="PerceptionException"/>.
/// </summary>
internal interface IPersonLibrary
{
    /// <summary>Everyone whose profile is stored, by id.</summary>
    IReadOnlyList<StoredPerson> List();

    /// <summary>Whether there is a profile.</summary>
    bool Contains(string person);

    /// <summary>A person's own layer; null: there is none (yet).</summary>
    PersonLayer? Load(string person);

    /// <summary>Begins to collect.</summary>
    IEpisode Begin(string expression, (float Arousal, float Valence)? affect, int frames);

    /// <summary>Stores episodes and trains the person's layer.</summary>
    /// <param name="person">The person.</param>
    /// <param name="episodes">What was collected; none: train on what is stored.</param>
    /// <param name="progress">Is told the step, of how many, and the loss.</param>
    /// <param name="cancellationToken">Ends training; what was collected stays stored.</param>
    LearningOutcome Learn(string person, IReadOnlyList<IEpisode> episodes, Action<int, int, float> progress, CancellationToken cancellationToken);

    /// <summary>Brings the layer of before back.</summary>
    /// <param name="person">The person.</param>
    /// <param name="layer">The layer that is in use from now on; null: the general one.</param>
    /// <param name="message">What was done, or why not.</param>
    /// <returns>Whether there was something to undo.</returns>
    bool TryUndo(string person, out PersonLayer? layer, out string message);

    /// <summary>Removes every trace of a person.</summary>
    /// <returns>Whether there was one.</returns>
    bool Forget(string person);
}
