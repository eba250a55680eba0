using System.CommandLine;

namespace FerRos.Training.Tests;

/// <summary>Runs commands as a user does.</summary>
internal static class CommandLine
{
    public static async Task<(int Code, string Output)> Invoke(Command command, params string[] arguments)
    {
        using var writer = new StringWriter();
        var code = await command.Parse(arguments).InvokeAsync(new InvocationConfiguration { Output = writer, Error = writer });
        return (code, writer.ToString());
    }
}
