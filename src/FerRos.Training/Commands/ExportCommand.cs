using System.CommandLine;
using System.Globalization;
using FerRos.Networks;

namespace FerRos.Training.Commands;

/// <summary><c>ferros export</c>: writes a model for other runtimes. Needs no libtorch.</summary>
public static class ExportCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var weights = new Option<string>("--weights")
        {
            Description = "The weights (NAME.safetensors with NAME.json beside it), or the name of a shipped model", HelpName = "FILE", Required = true,
        };
        var onnx = new Option<string>("--onnx") { Description = "The ONNX file to write (operator set 17, 32-bit)", HelpName = "FILE", Required = true };
        var command = new Command(
            "export",
            "Write a network with its weights as an ONNX file, and say what goes in and what comes out.\n\nExample: ferros export --weights facechannel-v1-fer8 --onnx facechannel.onnx")
        {
            weights, onnx,
        };
        command.SetGuarded(async (parsed, _) =>
        {
            var model = ModelFiles.Load(parsed.GetValue(weights)!);
            var path = parsed.GetValue(onnx)!;
            if (Directory.Exists(path))
                throw new IOException($"{path} is a folder; --onnx names the file to write");
            if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder && !Directory.Exists(folder))
                throw new DirectoryNotFoundException($"there is no folder {folder}");
            OnnxExporter.Save(model.Network, model.Weights, path);
            foreach (var line in Describe(model, path))
                await parsed.InvocationConfiguration.Output.WriteLineAsync(line).ConfigureAwait(false);
            return 0;
        });
        return command;
    }

    private static IEnumerable<string> Describe(Model model, string path)
    {
        var (network, card) = (model.Network, model.Card);
        yield return string.Create(CultureInfo.InvariantCulture, $"{path}: {network.Name}, {network.ParameterCount:N0} values, {new FileInfo(path).Length:N0} bytes");
        var axes = string.Join(" x ", network.InputShape.Dimensions(network.Layout));
        var steps = network.SequenceLength > 0 ? "steps x " : "";
        var (low, high) = (card.InputRange[0], card.InputRange[1]);
        yield return string.Create(
            CultureInfo.InvariantCulture, $"  in   {network.Input.Name}: batch x {steps}{axes}, {card.Color}, pixels of 0 to 255 as {low:g} to {high:g}; alignment: {card.Alignment}");
        if (network.SequenceLength > 0)
            yield return $"       up to {network.SequenceLength} steps, oldest first";
        foreach (var output in network.Outputs)
        {
            var meaning = output == "expression" ? $", probabilities of {string.Join(", ", card.Classes)}" : "";
            yield return $"  out  {output}: batch x {string.Join(" x ", network[output].Shape.Dimensions(network.Layout))}{meaning}";
        }
    }
}
