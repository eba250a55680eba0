using FerRos.Perception;

namespace FerRos.Node;

/// <summary>Learning persons, and what is stored of them.</summary>
/// <param name="Directory">Folder of the profiles; empty: the user's state folder.</param>
/// <param name="Enabled">Whether anything new may be learned and stored.</param>
/// <param name="Timeout">How long frames are collected when a request does not say.</param>
internal sealed record AdaptationOptions(string Directory, bool Enabled, TimeSpan Timeout)
{
    /// <summary>Most frames of one request: half a minute of a camera at 30 Hz.</summary>
    internal const int MaxFrames = 1000;

    /// <summary>Longest time that a request may ask for.</summary>
    internal static readonly TimeSpan MaxTimeout = TimeSpan.FromMinutes(10);

    /// <summary>Where profiles are: <see cref="Directory"/>, or by the XDG base directory specification <c>$XDG_STATE_HOME/ferros/profiles</c>, <c>~/.local/state/ferros/profiles</c>.</summary>
    internal string ProfileDirectory
    {
        get
        {
            if (Directory.Length > 0) return Path.GetFullPath(Directory);
            // The specification has relative paths ignored.
            var state = Environment.GetEnvironmentVariable("XDG_STATE_HOME") is { Length: > 0 } given && Path.IsPathRooted(given)
                ? given
                : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state");
            return Path.Combine(state, "ferros", "profiles");
        }
    }
}
