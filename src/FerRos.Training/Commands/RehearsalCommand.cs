using System.CommandLine;
using System.Globalization;
using FerRos.Perception;

namespace FerRos.Training.Commands;

/// <summary><c>ferros rehearsal</c>: writes the general faces that adaptation to a person rehearses.</summary>
public static class RehearsalCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var weights = new Option<string>("--weights") { Description = "The weights (NAME.safetensors with NAME.json beside it)", HelpName = "FILE", Required = true };
        var data = new DataOptions();
        var count = new Option<int>("--count") { Description = "Most samples; fewer where the file would be larger than 4 MB", DefaultValueFactory = _ => 1000 };
        var command = new Command(
            "rehearsal",
            "Compute what the last layer reads of general faces, balanced by class, and write it beside the weights (NAME.rehearsal.safetensors, at most 4 MB); the card names the file.\n\nExample: ferros rehearsal --weights models/facechannel-v1-fer8.safetensors --data ferplus")
        {
            weights,
        };
        data.AddTo(command);
        command.Options.Add(count);
        command.SetGuarded(async (parsed, cancellation) =>
        {
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            var path = parsed.GetValue(weights)!;
            var model = ModelFiles.Load(path);
            var dataset = EvaluateCommand.Relabelled(data.Load(parsed, "train"), model.Card.Classes).HoldBack().Kept;
            using var network = new SummaryNetwork(model);
            var set = await Task.Run(
                () => RehearsalMaker.Make(network, dataset, Math.Clamp(parsed.GetValue(count), 8, 100_000), Progress, cancellation), cancellation).ConfigureAwait(false);
            var file = RehearsalSet.FileOf(ModelFiles.FolderOf(path), model.Name);
            set.Save(file);
            (model.Card with { Rehearsal = Path.GetFileName(file) }).Save(Path.Combine(ModelFiles.FolderOf(path), model.Name + ".json"));
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture, $"wrote {file}: {set.Count} samples of {set.FeatureLength} values, {new FileInfo(file).Length} bytes")).ConfigureAwait(false);
            return 0;

            void Progress(int done, int of)
            {
                if (done % 100 == 0)
                    error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{done} of {of}"));
            }
        });
        return command;
    }
}
