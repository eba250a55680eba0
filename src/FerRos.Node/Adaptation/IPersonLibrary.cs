using FerRos.Perception;

namespace FerRos.Node;

/// <summary>What learning led to.</summary>
/// <param name="Answer">For the caller.</param>
/// <param name="IsChanged">Whether something else is in use for the person from now on.</param>
/// <param name="Layer">What is in use for the person; null: the general layer.</param>
internal sealed record LearningOutcome(AdaptationAnswer Answer, bool IsChanged, PersonLayer? Layer);

/// <summary>
/// The profiles of persons, and how they come about. Calls take turns; they may read and write files and train, and so
/// never run on the threads of camera and middleware. What a user can put right is a <see cref="PerceptionException"/>.
/// </summary>
internal interface IPersonLibrary
{
    /// <summary>Everyone of whom something is stored, by id.</summary>
    IReadOnlyList<StoredPerson> List();

    /// <summary>Whether there is a profile, usable or not.</summary>
    bool Contains(string person);

    /// <summary>What makes a person's estimates; null: the general layer does.</summary>
    PersonLayer? Load(string person);

    /// <summary>Refuses a person whose profile cannot be added to: it is of other weights or of a newer version, or cannot be read.</summary>
    /// <exception cref="ProfileException">Nothing can be learnt of this person; the message says why.</exception>
    void CheckLearnable(string person);

    /// <summary>Stores samples and trains the person's layer.</summary>
    /// <param name="person">The person.</param>
    /// <param name="samples">What was collected; none: train on what is stored.</param>
    /// <param name="options">How to train.</param>
    /// <param name="progress">Is told how far training is, on its thread.</param>
    /// <param name="cancellationToken">Ends training; the samples stay stored.</param>
    Task<LearningOutcome> LearnAsync(
        string person, IReadOnlyList<ProfileSample> samples, AdaptationOptions options, Action<AdaptationProgress> progress, CancellationToken cancellationToken);

    /// <summary>Takes the last change back.</summary>
    /// <param name="person">The person.</param>
    /// <param name="layer">What is in use for the person from now on; null: the general layer.</param>
    /// <returns>What is there now, for people.</returns>
    string Undo(string person, out PersonLayer? layer);

    /// <summary>Removes every trace of a person.</summary>
    void Forget(string person);
}
