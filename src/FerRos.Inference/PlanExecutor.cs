using System.Diagnostics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using FerRos.Networks;

namespace FerRos.Inference;

/// <summary>Runs a plan: holds its memory and the threads.</summary>
internal sealed unsafe class PlanExecutor : IExecutor
{
    private readonly NetworkGraph _network;
    private readonly Plan _plan;
    private readonly Arena _maps;
    private readonly Arena _weights;
    private readonly Arena _scratch;
    private readonly nint _scratchFloats;
    private readonly WorkerTeam? _team;
    private readonly Dictionary<string, float[]> _images = new(StringComparer.Ordinal);
    private long _frame;
    private int _sequenceLength;

    private PlanExecutor(NetworkGraph network, Plan plan, string vectors, int threads)
    {
        (_network, _plan) = (network, plan);
        _maps = MemoryPlan.Place(plan.Steps, plan.Visible.Values.ToHashSet());
        _weights = new Arena((nint)plan.Steps.Sum(s => (long)RoundUp(s.WeightFloats)));
        var weights = _weights.Start;
        foreach (var step in plan.Steps)
        {
            step.Prepare(weights);
            weights += RoundUp(step.WeightFloats);
        }

        _scratchFloats = RoundUp(plan.Steps.Max(s => s.ScratchFloats)) + 1024;
        _scratch = new Arena(threads * _scratchFloats);
        foreach (var (name, map) in plan.Visible.Where(v => !v.Value.IsFlat))
            _images.Add(name, new float[map.Count]);
        if (threads > 1)
            _team = new WorkerTeam(threads, [.. plan.Steps.Select(s => s.Chunks)], RunChunk);
        Device = $"cpu ({vectors}, {threads} thread{(threads > 1 ? "s" : "")})";
    }

    public string Device { get; }

    /// <summary>Lanes of the widest vectors that the processor has.</summary>
    public static int WidestVector =>
        Vector512.IsHardwareAccelerated && Avx512F.IsSupported ? 16 : Vector256.IsHardwareAccelerated && Fma.IsSupported ? 8 : 4;

    /// <summary>Plans a network for vectors of so many lanes: 16, 8 or 4.</summary>
    public static PlanExecutor Create(NetworkGraph network, WeightSet weights, CpuRunnerOptions options) => options.VectorLanes switch
    {
        16 => new(network, Planner<Simd512, Vector512<float>>.Make(network, weights, options), Simd512.Name, options.Threads),
        8 => new(network, Planner<Simd256, Vector256<float>>.Make(network, weights, options), Simd256.Name, options.Threads),
        _ => new(network, Planner<Simd128, Vector128<float>>.Make(network, weights, options), Simd128.Name, options.Threads),
    };

    public void Run(ReadOnlySpan<float> input, int steps)
    {
        ObjectDisposedException.ThrowIf(_maps.IsClosed, this);
        fixed (float* source = input)
        {
            _plan.Input.Source = source;
            _plan.Input.SourceLength = input.Length;
            _frame++;
            _sequenceLength = steps;
            if (_team is not null)
            {
                _team.Run();
            }
            else
            {
                for (var step = 0; step < _plan.Steps.Count; step++)
                {
                    for (var chunk = 0; chunk < _plan.Steps[step].Chunks; chunk++)
                        RunChunk(step, chunk, 0);
                }
            }
        }
    }

    public ReadOnlySpan<float> Output(string name)
    {
        ObjectDisposedException.ThrowIf(_maps.IsClosed, this);
        if (!_plan.Visible.TryGetValue(name, out var map))
            throw new KeyNotFoundException($"'{_network.Name}' has no output '{name}'; there are {string.Join(", ", _plan.Visible.Keys)}");
        if (map.IsFlat)
            return new ReadOnlySpan<float>(map.Origin, map.Count);
        var image = _images[name];
        MapValues.CopyTo(map, _network.Layout, image);
        return image;
    }

    /// <summary>Runs step by step and keeps each one's shortest time.</summary>
    public IReadOnlyList<(string Step, double Microseconds)> MeasureSteps(ReadOnlySpan<float> input, int runs)
    {
        var best = new double[_plan.Steps.Count];
        Array.Fill(best, double.MaxValue);
        fixed (float* source = input)
        {
            _plan.Input.Source = source;
            _plan.Input.SourceLength = input.Length;
            _sequenceLength = Math.Max(_network.SequenceLength, 1);
            for (var run = 0; run < runs; run++)
            {
                _frame++;
                for (var step = 0; step < best.Length; step++)
                {
                    var start = Stopwatch.GetTimestamp();
                    for (var chunk = 0; chunk < _plan.Steps[step].Chunks; chunk++)
                        RunChunk(step, chunk, 0);
                    best[step] = Math.Min(best[step], Stopwatch.GetElapsedTime(start).TotalMicroseconds);
                }
            }
        }

        return [.. _plan.Steps.Select((s, i) => ($"{s.Name} ({s})", best[i]))];
    }

    public void Dispose()
    {
        if (_maps.IsClosed)
            return;
        _team?.Dispose();
        _maps.Dispose();
        _weights.Dispose();
        _scratch.Dispose();
    }

    private void RunChunk(int step, int chunk, int thread) =>
        _plan.Steps[step].Run(chunk, new StepContext(thread, _scratch.Start + (thread * _scratchFloats), _frame, _sequenceLength));

    private static nint RoundUp(nint floats) => (floats + 15) / 16 * 16;
}
