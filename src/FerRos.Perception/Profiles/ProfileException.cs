namespace FerRos.Perception;

/// <summary>What is wrong with a profile or its place.</summary>
public enum ProfileError
{
    /// <summary>The person's id is not a letter followed by letters, digits and _.</summary>
    InvalidId,

    /// <summary>There is no profile of this person.</summary>
    NotFound,

    /// <summary>A file is damaged, or is no profile.</summary>
    Damaged,

    /// <summary>The profile belongs to other weights; its samples may still be usable (<see cref="ProfileException.CanRetrain"/>).</summary>
    OtherWeights,

    /// <summary>The profile was written by a newer version of this program.</summary>
    NewerVersion,

    /// <summary>There is a profile of this person already.</summary>
    Exists,

    /// <summary>There is nothing to undo.</summary>
    NothingToUndo,

    /// <summary>The disk is full, or the user's share of it.</summary>
    DiskFull,

    /// <summary>The place is read-only, or not accessible.</summary>
    NoAccess,

    /// <summary>Reading or writing failed for another reason.</summary>
    InputOutput,
}

/// <summary>A profile cannot be read, written or used. What was stored before is still there.</summary>
public sealed class ProfileException : PerceptionException
{
    // errno of Linux: EROFS, EACCES, EPERM, ENOSPC, EDQUOT.
    private const int ReadOnly = 30;
    private const int Denied = 13;
    private const int NotPermitted = 1;
    private const int NoSpace = 28;
    private const int Quota = 122;

    /// <summary>Creates an exception without a message.</summary>
    public ProfileException()
    {
    }

    /// <summary>Creates an exception with a message.</summary>
    public ProfileException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an exception with a message and its cause.</summary>
    public ProfileException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Creates an exception that says what is wrong.</summary>
    public ProfileException(ProfileError error, string message, Exception? innerException = null, bool canRetrain = false)
        : base(message, innerException!)
    {
        Error = error;
        CanRetrain = canRetrain;
    }

    /// <summary>What is wrong.</summary>
    public ProfileError Error { get; } = ProfileError.InputOutput;

    /// <summary>Of a profile of other weights: whether a layer can be trained from its samples (the encoder is the same).</summary>
    public bool CanRetrain { get; }

    /// <summary>Names the reason of a failed access.</summary>
    internal static ProfileException Of(Exception cause, string doing, string path)
    {
        int code = cause.HResult & 0xFFFF;
        ProfileError error = cause switch
        {
            UnauthorizedAccessException => ProfileError.NoAccess,
            IOException when code is NoSpace or Quota => ProfileError.DiskFull,
            IOException when code is ReadOnly or Denied or NotPermitted => ProfileError.NoAccess,
            _ => ProfileError.InputOutput,
        };
        string advice = error switch
        {
            ProfileError.DiskFull => "The disk is full: make room and try again. What was stored before is still there.",
            ProfileError.NoAccess => "The place is read-only or belongs to somebody else: choose another one or change its rights.",
            _ => cause.Message,
        };
        return new ProfileException(error, $"{doing} {path} failed. {advice}", cause);
    }
}
