using System.Collections.Immutable;
using System.Diagnostics;
using FerRos.Inference;
using FerRos.Networks;

namespace FerRos.Perception;

/// <summary>
/// Estimates faces that someone else has found, followed and cut out: no detector, no tracker, only the network and the
/// sequence of each face. One thread at a time; no allocation per crop once warm, except for new faces.
/// </summary>
/// <remarks>
/// Crops of one source picture are gathered: <see cref="Begin"/>, then <see cref="TryAdd"/> for each face, then
/// <see cref="Result"/>. Where a face lies in the source picture is not known here, so boxes and points of the estimates
/// are zero and the detection's confidence is NaN.
/// </remarks>
public sealed class AlignedFacePipeline : IDisposable
{
    private readonly AffectEstimator _estimator;
    private readonly string?[] _ids = new string?[FaceTracker.Capacity];
    private readonly long[] _lastSeen = new long[FaceTracker.Capacity];
    private readonly PerceptionResult _result;
    private long _calls;
    private int _maxFaces;

    /// <summary>Puts a pipeline together.</summary>
    /// <param name="options">How to process; what is about detecting and following faces is not used.</param>
    /// <param name="network">Estimates affect; disposed with the pipeline.</param>
    /// <exception cref="InvalidOptionException">An option is not allowed.</exception>
    public AlignedFacePipeline(PerceptionOptions options, IAffectNetwork network)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(network);
        options.Validate();
        _estimator = new AffectEstimator(network, new FaceAligner(), options.SequenceGap, options.Smoothing);
        _maxFaces = options.MaxFaces;
        _result = new PerceptionResult(FaceTracker.Capacity, network.Classes, network.Name);
    }

    /// <summary>The expression classes in the order of the probabilities.</summary>
    public ImmutableArray<string> Classes => _estimator.Classes;

    /// <summary>Name of the network that estimates.</summary>
    public string Model => _estimator.Model;

    /// <summary>The network's general last layer; null where it cannot adapt.</summary>
    public LastLayer? LastLayer => _estimator.LastLayer;

    /// <summary>Whose layer is used for which face; null: the general one for all. To be set between two pictures.</summary>
    public IPersonLayers? Persons
    {
        get => _estimator.Persons;
        set => _estimator.Persons = value;
    }

    /// <summary>The estimates of the faces added since <see cref="Begin"/>.</summary>
    public PerceptionResult Result => _result;

    /// <summary>Loads the network from a folder of models and puts a pipeline together.</summary>
    /// <param name="options">How to process.</param>
    /// <param name="models">Where the weights are.</param>
    /// <param name="model">Name of the affect network's model.</param>
    /// <param name="createRunner">Makes a runner for the model.</param>
    /// <exception cref="InvalidOptionException">An option is not allowed.</exception>
    /// <exception cref="FileNotFoundException">There is no such model.</exception>
    /// <exception cref="NetworkException">The model is damaged.</exception>
    public static AlignedFacePipeline Load(PerceptionOptions options, ModelDirectory models, string model, Func<Model, INetworkRunner> createRunner)
    {
        ArgumentNullException.ThrowIfNull(models);
        return Create(options, models.Load(model), createRunner);
    }

    /// <summary>Puts a pipeline together.</summary>
    /// <param name="options">How to process.</param>
    /// <param name="model">The affect network's model.</param>
    /// <param name="createRunner">Makes a runner for the model.</param>
    /// <exception cref="InvalidOptionException">An option is not allowed.</exception>
    /// <exception cref="NetworkException">The model is damaged.</exception>
    public static AlignedFacePipeline Create(PerceptionOptions options, Model model, Func<Model, INetworkRunner> createRunner)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(createRunner);
        options.Validate();
        IAffectNetwork network = AffectNetworks.Create(model, createRunner);
        try
        {
            return new AlignedFacePipeline(options, network);
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>Runs the network a few times, so that the first crops take no longer than later ones. Ends all sequences.</summary>
    public void WarmUp()
    {
        for (int run = 0; run < PerceptionPipeline.WarmUpRuns; run++)
            _estimator.WarmUp(_result[0]);
        Reset();
    }

    /// <summary>Changes the options between two pictures; sequences stay.</summary>
    /// <param name="options">How to process from now on.</param>
    /// <exception cref="InvalidOptionException">An option is not allowed; nothing has changed.</exception>
    public void Apply(PerceptionOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _maxFaces = options.MaxFaces;
        _estimator.Apply(options.SequenceGap, options.Smoothing);
    }

    /// <summary>Begins with the crops of another source picture.</summary>
    /// <param name="stamp">The source picture's stamp in nanoseconds.</param>
    /// <param name="arrival">When its first crop arrived, in ticks of <see cref="Stopwatch"/>.</param>
    /// <param name="frameId">Name of the camera's coordinate frame.</param>
    public void Begin(long stamp, long arrival, string frameId)
    {
        ArgumentNullException.ThrowIfNull(frameId);
        _result.Stamp = stamp;
        _result.Arrival = arrival;
        _result.FrameId = frameId;
        _result.Width = 0;
        _result.Height = 0;
        _result.Count = 0;
        _result.DetectionCount = 0;
        _result.SetTrackedIds([]);
        _result.Times = default;
    }

    /// <summary>Estimates one face.</summary>
    /// <param name="faceId">The face's id, which it keeps from crop to crop.</param>
    /// <param name="crop">The crop, of any size: it is scaled to the network's input.</param>
    /// <returns>False when the picture has as many faces as are estimated at most, <see cref="PerceptionOptions.MaxFaces"/>.</returns>
    public bool TryAdd(string faceId, ImageFrame crop)
    {
        ArgumentException.ThrowIfNullOrEmpty(faceId);
        ArgumentNullException.ThrowIfNull(crop);
        _result.DetectionCount++;
        if (_result.Count >= _maxFaces)
            return false;
        long started = Stopwatch.GetTimestamp();
        _estimator.Scale(crop);
        long aligned = Stopwatch.GetTimestamp();
        var face = new TrackedFace(faceId, SlotOf(faceId), default, default, float.NaN, _result.Stamp);
        _estimator.Estimate(_result.Stamp, face, _result[_result.Count]);
        _result.Count++;
        StageTimes times = _result.Times;
        _result.Times = times with
        {
            Align = times.Align + Stopwatch.GetElapsedTime(started, aligned),
            Estimate = times.Estimate + Stopwatch.GetElapsedTime(aligned),
        };
        return true;
    }

    /// <summary>Forgets all sequences.</summary>
    public void Reset()
    {
        Array.Clear(_ids);
        _estimator.Reset();
    }

    /// <inheritdoc/>
    public void Dispose() => _estimator.Dispose();

    /// <summary>The place where a face's sequence is kept; a new face takes that of the face that was away for longest.</summary>
    private int SlotOf(string faceId)
    {
        _calls++;
        int slot = Array.IndexOf(_ids, faceId);
        if (slot < 0)
        {
            slot = Array.IndexOf(_ids, null);
            if (slot < 0)
                slot = Array.IndexOf(_lastSeen, _lastSeen.Min());
            _ids[slot] = faceId;
        }

        _lastSeen[slot] = _calls;
        return slot;
    }
}
