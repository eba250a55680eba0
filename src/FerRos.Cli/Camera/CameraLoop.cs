using FerRos.Cli.Sources;
using FerRos.OpenCv;
using FerRos.Ros2;

namespace FerRos.Cli.Camera;

/// <summary>Publishes the pictures of a source at their times. Owns nothing.</summary>
/// <param name="source">Where pictures come from.</param>
/// <param name="publisher">Where they go.</param>
/// <param name="clock">Gives the stamps.</param>
internal sealed class CameraLoop(IPictureSource source, CameraPublisher publisher, RosClock clock)
{
    /// <summary>Pictures a second; null: as the source's own times say. Ignored for live sources.</summary>
    public double? Fps { get; init; }

    /// <summary>Starts over at the end.</summary>
    public bool Loop { get; init; }

    /// <summary>Called after every picture, on the loop's thread.</summary>
    public Action<Size>? Published { get; init; }

    /// <summary>Publishes until the end of the source or until the token.</summary>
    /// <exception cref="SourceException">The source broke, or its pictures do not fit the encoding.</exception>
    /// <exception cref="OperationCanceledException">The token.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using Mat picture = new();
        Pacer pacer = new(TimeProvider.System);
        TimeSpan start = TimeSpan.Zero;
        do
        {
            TimeSpan end = start;
            for (long i = 0; source.TryRead(picture, out TimeSpan time); i++)
            {
                if (!source.IsLive)
                {
                    if (Fps is { } fps)
                        time = TimeSpan.FromSeconds(i / fps);
                    await pacer.WaitAsync(start + time, cancellationToken).ConfigureAwait(false);
                    end = start + time + TimeSpan.FromSeconds(1 / (Fps ?? source.Fps));
                }

                cancellationToken.ThrowIfCancellationRequested();
                publisher.Publish(picture, clock.Now);
                Published?.Invoke(picture.Size());
            }

            start = end;
            if (Loop)
                source.Rewind();
        }
        while (Loop);
    }
}
