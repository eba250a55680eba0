using System.Collections.Immutable;
using System.Globalization;
using FerRos.Perception.Files;

namespace FerRos.Perception;

/// <summary>A person in the store, as a list shows them.</summary>
/// <param name="PersonId">The person's id.</param>
/// <param name="Profile">The profile; null where it cannot be used.</param>
/// <param name="Problem">Why it cannot be used; null: it can.</param>
public sealed record StoredPerson(string PersonId, Profile? Profile, ProfileException? Problem);

/// <summary>
/// Profiles on disk: a folder per person, readable by the user alone, in it a file per version. A version is written to a
/// temporary file, flushed, renamed, and the folder flushed: whatever happens, the last acknowledged version or the one
/// before is whole. Damaged files are set aside in the person's folder <c>damaged</c>. May be used by several threads.
/// </summary>
public sealed class ProfileStore
{
    private const string Ending = ".safetensors";
    private const string TemporaryEnding = ".tmp";
    private const string Quarantine = "damaged";
    private const string Forgotten = ".forgotten-";
    private const UnixFileMode FolderMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode FileMode600 = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly Lock _lock = new();

    /// <summary>Opens a store; the folder is made when something is stored.</summary>
    /// <param name="path">The folder; empty: <see cref="DefaultPath"/>.</param>
    /// <param name="network">The network that runs here: profiles of others are refused; null: profiles of all networks are read.</param>
    /// <param name="versions">How many versions of a person are kept, 1 to 1000: one more than can be undone.</param>
    public ProfileStore(string path, NetworkIdentity? network, int versions = 6)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentOutOfRangeException.ThrowIfLessThan(versions, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(versions, 1000);
        Path = System.IO.Path.GetFullPath(path.Length == 0 ? DefaultPath : path);
        Network = network;
        Versions = versions;
    }

    /// <summary>The user's state folder: <c>$XDG_STATE_HOME/ferros/profiles</c>, else <c>~/.local/state/ferros/profiles</c>.</summary>
    public static string DefaultPath => System.IO.Path.Combine(
        Environment.GetEnvironmentVariable("XDG_STATE_HOME") is { Length: > 0 } state
            ? state
            : System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify), ".local", "state"),
        "ferros",
        "profiles");

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>The network that runs here; null: any.</summary>
    public NetworkIdentity? Network { get; }

    /// <summary>How many versions of a person are kept.</summary>
    public int Versions { get; }

    /// <summary>Is called with a sentence for every damaged file that was set aside.</summary>
    public Action<string>? Warning { get; set; }

    /// <summary>All persons with a folder here, sorted by id. Damaged files are set aside on the way.</summary>
    /// <exception cref="ProfileException">The folder cannot be read.</exception>
    public ImmutableArray<StoredPerson> List()
    {
        lock (_lock)
        {
            try
            {
                if (!Directory.Exists(Path))
                    return [];
                string[] folders = Directory.GetDirectories(Path);
                try
                {
                    RemoveForgotten();
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    // Left by a crash on a disk that is read-only now. Nobody is listed by it, and it is tried again next time.
                    Warning?.Invoke($"What was forgotten is not quite gone from {Path}: {e.Message}");
                }

                return
                [
                    .. folders.Select(folder => System.IO.Path.GetFileName(folder)).Where(PersonIds.IsValid)
                        .Order(StringComparer.Ordinal).Select(Describe),
                ];
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw ProfileException.Of(e, "Reading", Path);
            }
        }
    }

    /// <summary>Reads a person's profile. Versions that are damaged are set aside, and the newest whole one is taken.</summary>
    /// <returns>The profile; null where there is none.</returns>
    /// <exception cref="ProfileException">The id is not allowed; the profile is of other weights or of a newer version; the folder cannot be read.</exception>
    public Profile? TryLoad(string personId)
    {
        Profile? profile = TryLoadAny(personId);
        if (profile is not null)
            CheckNetwork(profile);
        return profile;
    }

    /// <summary>As <see cref="TryLoad"/>, of whatever network.</summary>
    /// <exception cref="ProfileException">The id is not allowed; the profile is of a newer version; the folder cannot be read.</exception>
    public Profile? TryLoadAny(string personId)
    {
        PersonIds.Check(personId);
        string folder = FolderOf(personId);
        lock (_lock)
        {
            try
            {
                foreach (int version in VersionsIn(folder).OrderDescending())
                {
                    if (TryRead(personId, folder, version) is { } profile)
                        return profile;
                }

                return null;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw ProfileException.Of(e, "Reading", folder);
            }
        }
    }

    /// <summary>How many changes of a person's profile can be taken back.</summary>
    /// <returns>0 where there is no profile, or no older version.</returns>
    /// <exception cref="ProfileException">The id is not allowed, or the folder cannot be read.</exception>
    public int UndoSteps(string personId)
    {
        PersonIds.Check(personId);
        string folder = FolderOf(personId);
        lock (_lock)
        {
            try
            {
                return Math.Max(0, VersionsIn(folder).Count() - 1);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw ProfileException.Of(e, "Reading", folder);
            }
        }
    }

    /// <summary>Stores a profile as the person's next version. When this returns, it is safe.</summary>
    /// <returns>The profile with its version.</returns>
    /// <exception cref="ProfileException">The disk is full, read-only or otherwise fails: what was stored before is still there.</exception>
    public Profile Save(Profile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        PersonIds.Check(profile.PersonId);
        string folder = FolderOf(profile.PersonId);
        lock (_lock)
        {
            try
            {
                CreateFolder(folder);
                foreach (string left in Directory.EnumerateFiles(folder, "*" + TemporaryEnding))
                    File.Delete(left);
                int[] versions = [.. VersionsIn(folder).Order()];
                int version = versions.Length == 0 ? 1 : versions[^1] + 1;
                WriteFile(profile, FileOf(folder, version));
                // Only now may older ones go: a failure before this leaves them all.
                foreach (int old in versions.SkipLast(Versions - 1))
                    File.Delete(FileOf(folder, old));
                return profile with { Version = version };
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw ProfileException.Of(e, "Storing the profile in", folder);
            }
        }
    }

    /// <summary>Takes back the last change, or several: the version before becomes the current one.</summary>
    /// <param name="personId">The person.</param>
    /// <param name="steps">How many changes, at least 1.</param>
    /// <returns>The profile as it is now.</returns>
    /// <exception cref="ProfileException">There is no such profile, or fewer older versions; nothing has changed.</exception>
    public Profile Undo(string personId, int steps = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        lock (_lock)
        {
            if (TryLoadAny(personId) is not { } current)
                throw NotFound(personId);
            string folder = FolderOf(personId);
            try
            {
                int[] versions = [.. VersionsIn(folder).OrderDescending()];
                // Damaged versions are set aside here, before one is needed.
                Profile[] whole = [.. versions.Select(v => TryRead(personId, folder, v)).OfType<Profile>().Take(steps + 1)];
                if (whole.Length <= steps)
                {
                    throw new ProfileException(ProfileError.NothingToUndo, whole.Length == 1
                        ? $"There is nothing to undo: the profile of '{personId}' has no older version."
                        : string.Create(CultureInfo.InvariantCulture, $"{steps} changes cannot be undone: the profile of '{personId}' can go back {whole.Length - 1} at most."));
                }

                // The newest goes first: a crash in between leaves a state that was current once.
                for (int i = 0; i < steps; i++)
                {
                    File.Delete(FileOf(folder, whole[i].Version));
                    LinuxCalls.FlushFolder(folder);
                }

                return whole[steps];
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw ProfileException.Of(e, "Undoing in", folder);
            }
        }
    }

    /// <summary>Removes everything of a person, versions and damaged files included.</summary>
    /// <exception cref="ProfileException">There is nothing of this person, or it cannot be removed.</exception>
    public void Forget(string personId)
    {
        PersonIds.Check(personId);
        string folder = FolderOf(personId);
        lock (_lock)
        {
            if (!Directory.Exists(folder))
                throw NotFound(personId);
            try
            {
                // One rename first: a crash leaves no half profile, and the rest is removed when the store is used next.
                string gone = System.IO.Path.Combine(Path, Forgotten + Guid.NewGuid().ToString("N"));
                Directory.Move(folder, gone);
                LinuxCalls.FlushFolder(Path);
                RemoveForgotten();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw ProfileException.Of(e, "Removing", folder);
            }
        }
    }

    /// <summary>Writes the current profile to one file, readable by the user alone, that <see cref="Import"/> reads on another robot.</summary>
    /// <exception cref="ProfileException">There is no such profile, the file exists, or it cannot be written.</exception>
    public void Export(string personId, string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Profile profile = TryLoadAny(personId) ?? throw NotFound(personId);
        if (File.Exists(path))
            throw new ProfileException(ProfileError.Exists, $"{path} exists already; choose another name, or remove it first.");
        if (Directory.Exists(path))
            throw new ProfileException(ProfileError.Exists, $"{path} is a folder; name a file in it.");
        if (System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path)) is { } above && !Directory.Exists(above))
            throw new ProfileException(ProfileError.NotFound, $"There is no folder {above}.");
        try
        {
            WriteFile(profile, System.IO.Path.GetFullPath(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw ProfileException.Of(e, "Writing", path);
        }
    }

    /// <summary>Takes in what <see cref="Export"/> wrote, after checking all of it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="personId">Another id for the person; null: the one in the file.</param>
    /// <param name="replace">Whether a profile of this person may be there already; the import becomes its next version.</param>
    /// <returns>The stored profile.</returns>
    /// <exception cref="ProfileException">The file is damaged, of other weights or of a newer version, or the person is known already.</exception>
    public Profile Import(string path, string? personId = null, bool replace = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Profile profile;
        try
        {
            if (!File.Exists(path))
                throw new ProfileException(ProfileError.NotFound, Directory.Exists(path) ? $"{path} is a folder, not an exported profile." : $"There is no file {path}.");
            using FileStream stream = File.OpenRead(path);
            profile = ProfileFile.Read(stream, path, 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw ProfileException.Of(e, "Reading", path);
        }

        CheckNetwork(profile);
        if (personId is not null)
        {
            PersonIds.Check(personId);
            profile = profile with { PersonId = personId };
        }

        lock (_lock)
        {
            if (!replace && TryLoadAny(profile.PersonId) is not null)
                throw new ProfileException(ProfileError.Exists, $"There is a profile of '{profile.PersonId}' already; import under another id (--as), or in its place (--replace).");
            return Save(profile);
        }
    }

    /// <summary>Refuses a profile that belongs to other weights than <see cref="Network"/>.</summary>
    private void CheckNetwork(Profile profile)
    {
        if (Network is null || Network == profile.Network)
            return;
        bool can = Network.SharesFeaturesWith(profile.Network);
        string what = profile.Network.Network == Network.Network
            ? $"other weights of '{Network.Network}' ({profile.Network.Weights[..Math.Min(8, profile.Network.Weights.Length)]}..., here {Network.Weights[..Math.Min(8, Network.Weights.Length)]}...)"
            : $"'{profile.Network.Network}', not of '{Network.Network}'";
        string then = can
            ? "The encoder is the same: the layer can be trained anew from its samples (~/adapt with frames 0, where the profile is stored)."
            : "Its samples mean nothing to these weights: collect new ones, or run the network that it was made with.";
        throw new ProfileException(ProfileError.OtherWeights, $"The profile of '{profile.PersonId}' is of {what}. {then}", null, can);
    }

    private StoredPerson Describe(string personId)
    {
        try
        {
            return TryLoad(personId) is { } profile
                ? new StoredPerson(personId, profile, null)
                : new StoredPerson(personId, null, new ProfileException(ProfileError.Damaged, $"No version of the profile of '{personId}' is whole."));
        }
        catch (ProfileException e)
        {
            return new StoredPerson(personId, null, e);
        }
    }

    /// <summary>Reads one version; a damaged one is set aside.</summary>
    private Profile? TryRead(string personId, string folder, int version)
    {
        string file = FileOf(folder, version);
        try
        {
            using FileStream stream = File.OpenRead(file);
            Profile profile = ProfileFile.Read(stream, file, version);
            if (profile.PersonId == personId)
                return profile;
            // A folder that is shared with another system: neither person's profile is damaged.
            throw profile.PersonId.Equals(personId, StringComparison.OrdinalIgnoreCase)
                ? new ProfileException(ProfileError.Exists, $"There is a profile of '{profile.PersonId}', which the file system of {Path} does not tell from '{personId}': choose another id.")
                : new ProfileException(ProfileError.Damaged, $"{file} is the profile of '{profile.PersonId}'.");
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (ProfileException e) when (e.Error == ProfileError.Damaged)
        {
            SetAside(folder, file, e.Message);
            return null;
        }
    }

    private void SetAside(string folder, string file, string why)
    {
        string place = System.IO.Path.Combine(folder, Quarantine);
        string name = System.IO.Path.GetFileName(file);
        string told;
        try
        {
            CreateFolder(place);
            string target = System.IO.Path.Combine(place, name);
            for (int i = 2; File.Exists(target); i++)
                target = System.IO.Path.Combine(place, string.Create(CultureInfo.InvariantCulture, $"{i}-{name}"));
            File.Move(file, target);
            told = $"it is set aside as {target}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            told = $"it could not be set aside ({e.Message})";
        }

        Warning?.Invoke($"{why} The version before is used, where there is one; {told}.");
    }

    private void RemoveForgotten()
    {
        foreach (string left in Directory.EnumerateDirectories(Path, Forgotten + "*"))
            Directory.Delete(left, recursive: true);
    }

    private static void WriteFile(Profile profile, string path)
    {
        string folder = System.IO.Path.GetDirectoryName(path)!;
        string temporary = System.IO.Path.Combine(folder, Guid.NewGuid().ToString("N") + TemporaryEnding);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 1 << 16 };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = FileMode600;
        try
        {
            using (var stream = new FileStream(temporary, options))
            {
                ProfileFile.Write(stream, profile);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path);
        }
        catch
        {
            TryDelete(temporary);
            throw;
        }

        LinuxCalls.FlushFolder(folder);
    }

    private static void TryDelete(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The failure that led here is the one to tell; the next Save removes what is left.
        }
    }

    /// <summary>Makes a folder and those above it that are missing. All are the user's alone: the names in them are ids of persons.</summary>
    private static void CreateFolder(string path)
    {
        if (Directory.Exists(path))
            return;
        string? above = System.IO.Path.GetDirectoryName(path);
        if (above is not null)
            CreateFolder(above);
        // Of several levels at once the last alone would get the mode.
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, FolderMode);
        if (above is not null)
            LinuxCalls.FlushFolder(above);
    }

    private static IEnumerable<int> VersionsIn(string folder)
    {
        if (!Directory.Exists(folder))
            yield break;
        foreach (string file in Directory.EnumerateFiles(folder, "*" + Ending))
        {
            if (int.TryParse(System.IO.Path.GetFileNameWithoutExtension(file), NumberStyles.None, CultureInfo.InvariantCulture, out int version) && version > 0)
                yield return version;
        }
    }

    private ProfileException NotFound(string personId) => new(ProfileError.NotFound, $"There is no profile of '{personId}' in {Path}.");

    private static string FileOf(string folder, int version) =>
        System.IO.Path.Combine(folder, version.ToString("D6", CultureInfo.InvariantCulture) + Ending);

    private string FolderOf(string personId) => System.IO.Path.Combine(Path, personId);
}
