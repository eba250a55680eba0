using FerRos.OpenCv;

namespace FerRos.Cli.Sources;

/// <summary>Gives one picture after the other, as BGR. Used by one thread.</summary>
internal interface IPictureSource : IDisposable
{
    /// <summary>What it is, for people: <c>video walk.mp4, 640x480, 30 fps, 912 frames</c>.</summary>
    string Description { get; }

    /// <summary>Pictures a second as the source tells; for pictures that have no time, as the user asked.</summary>
    double Fps { get; }

    /// <summary>How many pictures there are; null when unknown.</summary>
    int? Count { get; }

    /// <summary>Whether pictures come when they come and cannot be asked for: a camera.</summary>
    bool IsLive { get; }

    /// <summary>Reads the next picture.</summary>
    /// <param name="picture">Filled with 8-bit BGR; its memory is used again where the size stays.</param>
    /// <param name="time">Time of the picture since the start of the source.</param>
    /// <returns>False at the end.</returns>
    /// <exception cref="SourceException">The source broke, e.g. a camera was unplugged.</exception>
    bool TryRead(Mat picture, out TimeSpan time);

    /// <summary>Goes back to the first picture.</summary>
    /// <exception cref="NotSupportedException">The source is live.</exception>
    void Rewind();
}
