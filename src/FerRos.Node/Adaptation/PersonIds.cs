namespace FerRos.Node;

/// <summary>
/// Person ids that may name a profile: a letter, then letters, digits and _, as ROS4HRI recommends (REP-155) and as a
/// folder and a topic can be called.
/// </summary>
internal static class PersonIds
{
    private const int MaxLength = 64;

    /// <summary>What is wrong with an id; null: nothing.</summary>
    internal static string? WhatIsWrong(string id)
    {
        if (id.Length == 0) return "person_id is empty";
        if (id.Length > MaxLength) return $"person_id has {id.Length} characters; at most {MaxLength} are allowed";
        if (!char.IsAsciiLetter(id[0]) || !id.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
            return $"person_id is '{id}'; a letter, then letters, digits and _ are allowed";
        return null;
    }
}
