using System.CommandLine;
using FerRos.Networks;

namespace FerRos.Training.Commands;

/// <summary><c>ferros summary NAME</c>: a network layer by layer.</summary>
public static class SummaryCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var name = new Argument<string>("network") { Description = "Name of the network; `ferros networks` lists them" };
        var classes = new Option<int?>("--classes") { Description = "Number of expression classes" };
        var size = new Option<int?>("--input-size") { Description = "Height and width of the input in pixels" };
        var command = new Command("summary", "Show a network layer by layer, with exact counts.\n\nExample: ferros summary facechannel-v1-fer8") { name, classes, size };
        command.SetGuarded(async (parsed, _) =>
        {
            var entry = Zoo.Entry(parsed.GetValue(name)!);
            var network = Zoo.Create(entry.Name, new ZooOptions { Classes = parsed.GetValue(classes), InputSize = parsed.GetValue(size) });
            var output = parsed.InvocationConfiguration.Output;
            await output.WriteAsync(NetworkSummary.Of(network)).ConfigureAwait(false);
            await output.WriteLineAsync($"Source: {entry.Source}").ConfigureAwait(false);
            if (entry.Notes.Length > 0)
                await output.WriteLineAsync($"Notes: {entry.Notes}").ConfigureAwait(false);
            return 0;
        });
        return command;
    }
}
