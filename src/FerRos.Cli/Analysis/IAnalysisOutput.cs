using FerRos.OpenCv;
using FerRos.Perception;

namespace FerRos.Cli.Analysis;

/// <summary>Takes what perception found in one picture after the other. Disposing completes the file.</summary>
internal interface IAnalysisOutput : IDisposable
{
    /// <summary>Writes a picture's faces.</summary>
    /// <param name="frame">Number of the picture, from 0.</param>
    /// <param name="time">Since the start of the source.</param>
    /// <param name="result">What was found.</param>
    /// <param name="picture">The picture itself, BGR; may be drawn into.</param>
    void Write(int frame, TimeSpan time, PerceptionResult result, Mat picture);
}
