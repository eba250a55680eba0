using FerRos.Perception;

namespace FerRos.Node;

/// <summary>Learning persons, and what is stored of them.</summary>
/// <param name="Directory">Folder of the profiles; empty: the user's state folder.</param>
/// <param name="Enabled">Whether anything new may be learned and stored.</param>
/// <param name="Adaptation">How frames are collected and trained on.</param>
internal sealed record LearningOptions(string Directory, bool Enabled, AdaptationOptions Adaptation)
{
    /// <summary>Where profiles are.</summary>
    internal string ProfileDirectory => Path.GetFullPath(Directory.Length > 0 ? Directory : ProfileStore.DefaultPath);
}
