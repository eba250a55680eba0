using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using FerRos.Cli.Camera;
using FerRos.Cli.Sources;
using FerRos.OpenCv;
using FerRos.Ros2;
using FerRos.Training.Commands;
using Microsoft.Extensions.Logging;

namespace FerRos.Cli;

/// <summary><c>ferros camera</c>: publishes a recording or a camera.</summary>
internal static class CameraCommand
{
    /// <summary>Source that is no file: the portrait that moves.</summary>
    private const string Demo = "demo";

    /// <summary>Creates the command.</summary>
    /// <param name="arguments">What followed <c>--ros-args</c>; null: nothing.</param>
    public static Command Create(RosArguments? arguments = null)
    {
        Option<string> source = new("--source") { Description = "A video, a picture, a folder of pictures, a camera (/dev/video0 or 0), or demo: a moving portrait", HelpName = "FILE|FOLDER|DEVICE|demo", Required = true };
        Option<string> topic = new("--topic") { Description = "Topic; jpeg and png go to TOPIC/compressed", DefaultValueFactory = static _ => "image" };
        Option<double?> fps = new("--fps") { Description = "Pictures a second; without it a video keeps its own times, and folders have 30" };
        Option<bool> loop = new("--loop") { Description = "Start over at the end" };
        Option<string> encoding = new("--encoding") { Description = $"{string.Join(", ", PictureEncoder.RawEncodings)}, jpeg or png", DefaultValueFactory = static _ => "bgr8", HelpName = "ENCODING" };
        Option<string> frameId = new("--frame-id") { Description = "Coordinate frame in the header", DefaultValueFactory = static _ => "camera" };
        Option<string?> size = new("--size") { Description = "Size asked of a camera or of demo", HelpName = "WIDTHxHEIGHT" };
        Option<int> quality = new("--quality") { Description = "Quality of JPEG, 1 to 100", DefaultValueFactory = static _ => 90 };
        Option<bool> wait = new("--wait") { Description = "Wait for a subscription before the first picture" };

        Command command = new("camera", """
            Publish a video, pictures or a camera as sensor_msgs/Image, or as CompressedImage (reliable, depth 5).

            Example: ferros camera --source interview.mp4 --loop
            Example: ferros camera --source /dev/video0 --size 640x480 --encoding jpeg --ros-args -r image:=/head_camera/image

            Stamps are the time of publication. Ctrl-C ends it.
            """)
        {
            source, topic, fps, loop, encoding, frameId, size, quality, wait,
        };
        command.SetGuardedAction((parsed, cancellationToken) => RunAsync(
            new CameraOptions
            {
                Source = parsed.GetValue(source)!,
                Fps = parsed.GetValue(fps),
                Loop = parsed.GetValue(loop),
                Size = ParseSize(parsed.GetValue(size)),
                Wait = parsed.GetValue(wait),
                Publisher = new CameraPublisherOptions
                {
                    Topic = parsed.GetValue(topic)!,
                    Encoding = parsed.GetValue(encoding)!,
                    FrameId = parsed.GetValue(frameId)!,
                    JpegQuality = parsed.GetValue(quality),
                },
            },
            arguments ?? RosArguments.None,
            parsed.InvocationConfiguration.Output,
            parsed.InvocationConfiguration.Error,
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(CameraOptions options, RosArguments arguments, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        options.Check();
        using IPictureSource source = Open(options, error);
        using ConsoleLoggerFactory loggers = new(error, ConsoleLoggerFactory.Minimum(arguments));
        await using RosContext context = RosContext.Create(arguments, new RosContextOptions { LoggerFactory = loggers });
        RosNode node = context.CreateNode("camera");
        CameraPublisher publisher = new(node, options.Publisher);
        await output.WriteLineAsync($"{source.Description} -> {publisher.Topic} as {options.Publisher.Encoding}, over {context.Middleware.Name}, domain {context.Middleware.DomainId}").ConfigureAwait(false);

        CameraStatus status = new(publisher, output);
        CameraLoop loop = new(source, publisher, node.Clock)
        {
            Fps = options.Fps,
            Loop = options.Loop,
            Published = status.Tell,
        };
        try
        {
            if (options.Wait)
                await WaitForSubscriptionAsync(publisher, cancellationToken).ConfigureAwait(false);
            await loop.RunAsync(cancellationToken).ConfigureAwait(false);
            publisher.WaitForAcknowledgements(TimeSpan.FromSeconds(2));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // How a camera ends.
        }

        await output.WriteLineAsync($"{publisher.Topic}: {publisher.Published} pictures published{(publisher.Refused > 0 ? $", {publisher.Refused} not taken" : "")}").ConfigureAwait(false);
        return ExitCodes.Success;
    }

    private static async Task WaitForSubscriptionAsync(CameraPublisher publisher, CancellationToken cancellationToken)
    {
        while (publisher.SubscriptionCount == 0)
            await Task.Delay(50, cancellationToken).ConfigureAwait(false);

        // The other side learns of the match a moment later; what comes before that it does not take.
        await Task.Delay(300, cancellationToken).ConfigureAwait(false);
    }

    private static IPictureSource Open(CameraOptions options, TextWriter error) =>
        options.Source == Demo && !Path.Exists(Demo)
            ? new SyntheticSource(options.Fps ?? PictureSource.DefaultFps, options.Size)
            : PictureSource.Open(options.Source, new PictureSourceOptions(options.Fps, options.Size, warning => error.WriteLine($"ferros camera: {warning}")));

    private static Size? ParseSize(string? text)
    {
        if (text is null)
            return null;
        string[] parts = text.Split('x');
        return parts.Length == 2 && int.TryParse(parts[0], out int width) && int.TryParse(parts[1], out int height) && width is >= 16 and <= 16_384 && height is >= 16 and <= 16_384
            ? new Size(width, height)
            : throw new CommandException($"--size {text}: give a width and a height of 16 to 16384 pixels, such as 640x480");
    }

    /// <summary>What the user asked for.</summary>
    private sealed record CameraOptions
    {
        public required string Source { get; init; }

        public double? Fps { get; init; }

        public bool Loop { get; init; }

        public Size? Size { get; init; }

        public bool Wait { get; init; }

        public required CameraPublisherOptions Publisher { get; init; }

        public void Check()
        {
            if (Fps is { } fps && !(fps is > 0 and <= 1000))
                throw new CommandException(string.Create(CultureInfo.InvariantCulture, $"--fps {fps} is out of range; above 0 to 1000 is allowed"));
            if (Publisher.JpegQuality is < 1 or > 100)
                throw new CommandException($"--quality {Publisher.JpegQuality} is out of range; 1 to 100 is allowed");
            string[] encodings = [.. PictureEncoder.RawEncodings, .. PictureEncoder.CompressedEncodings];
            if (!encodings.Contains(Publisher.Encoding))
                throw new CommandException($"--encoding {Publisher.Encoding} is unknown; there are {string.Join(", ", encodings)}");
            if (string.IsNullOrWhiteSpace(Source))
                throw new CommandException("--source is empty; name a file, a folder or a camera");
        }
    }

    /// <summary>Prints a line a second.</summary>
    private sealed class CameraStatus(CameraPublisher publisher, TextWriter output)
    {
        private long _since = Stopwatch.GetTimestamp();
        private long _published;
        private long _bytes;

        public void Tell(Size size)
        {
            double seconds = Stopwatch.GetElapsedTime(_since).TotalSeconds;
            if (seconds < 1)
                return;
            double rate = (publisher.Published - _published) / seconds;
            double megabytes = (publisher.Bytes - _bytes) / seconds / 1e6;
            string refused = publisher.Refused > 0 ? $", {publisher.Refused} not taken by a slow subscription" : "";
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{publisher.Topic}: {size}, {rate:0.0} pictures/s, {megabytes:0.0} MB/s, {publisher.SubscriptionCount} subscriptions, {publisher.Published} published{refused}"));
            _since = Stopwatch.GetTimestamp();
            _published = publisher.Published;
            _bytes = publisher.Bytes;
        }
    }
}
