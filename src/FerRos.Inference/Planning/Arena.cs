using System.Runtime.InteropServices;

namespace FerRos.Inference;

/// <summary>Native memory that starts as zeros and is given back at once.</summary>
internal sealed unsafe class Arena : SafeHandle
{
    /// <summary>Vectors start at whole cache lines.</summary>
    public const int Alignment = 64;

    /// <summary>Takes memory for so many floats.</summary>
    public Arena(nint floats)
        : base(0, ownsHandle: true)
    {
        // One vector more: kernels may load, never use, what lies behind a row's end.
        var bytes = (nuint)((floats * sizeof(float)) + 1024);
        SetHandle((nint)NativeMemory.AlignedAlloc(bytes, 4096));
        NativeMemory.Clear((void*)handle, bytes);
    }

    public override bool IsInvalid => handle == 0;

    public float* Start => (float*)handle;

    protected override bool ReleaseHandle()
    {
        NativeMemory.AlignedFree((void*)handle);
        return true;
    }
}

/// <summary>
/// Gives every map its place. Maps that are never needed at the same time share one, where their memory is divided in
/// the same way: so no frame of zeros is ever written over and none has to be cleared again.
/// </summary>
internal static unsafe class MemoryPlan
{
    /// <summary>Places all maps that the steps touch.</summary>
    /// <param name="steps">The steps in their order.</param>
    /// <param name="lasting">Maps whose values must be there after the last step.</param>
    public static Arena Place(IReadOnlyList<Step> steps, IReadOnlySet<FeatureMap> lasting)
    {
        var lastUse = new Dictionary<FeatureMap, int>();
        for (var i = 0; i < steps.Count; i++)
        {
            foreach (var map in steps[i].Reads.Concat(steps[i].Writes))
                lastUse[map] = lasting.Contains(map) ? int.MaxValue : i;
        }

        var free = new Dictionary<(int, int, int, int, Halo), Stack<nint>>();
        var places = new Dictionary<FeatureMap, nint>();
        nint size = 0;
        for (var i = 0; i < steps.Count; i++)
        {
            foreach (var map in steps[i].Reads.Concat(steps[i].Writes))
            {
                if (places.ContainsKey(map))
                    continue;
                if (free.TryGetValue(map.Geometry, out var places0) && places0.TryPop(out var place))
                {
                    places.Add(map, place);
                    continue;
                }

                places.Add(map, size);
                size += RoundUp(map.Size);
            }

            foreach (var map in steps[i].Reads.Concat(steps[i].Writes).Distinct())
            {
                if (lastUse[map] != i)
                    continue;
                if (!free.TryGetValue(map.Geometry, out var stack))
                    free.Add(map.Geometry, stack = new Stack<nint>());
                stack.Push(places[map]);
            }
        }

        var arena = new Arena(size);
        foreach (var (map, place) in places)
            map.Place(arena.Start + place);
        return arena;
    }

    private static nint RoundUp(nint floats)
    {
        const int Line = Arena.Alignment / sizeof(float);
        return (floats + Line - 1) / Line * Line;
    }
}
