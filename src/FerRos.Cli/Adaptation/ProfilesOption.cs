using System.CommandLine;

namespace FerRos.Cli.Adaptation;

/// <summary><c>--profiles DIR</c>: the node's parameter <c>profile_directory</c>.</summary>
internal static class ProfilesOption
{
    /// <summary>Creates the option; empty by default: the user's state folder.</summary>
    public static Option<string> Create() => new("--profiles")
    {
        Description = "Folder of the profiles; left out: ferros/profiles in the user's state folder, as the node has it",
        HelpName = "DIR",
        DefaultValueFactory = static _ => "",
    };
}
