using System.Numerics;

namespace FerRos.Inference;

/// <summary>
/// Arrays that the garbage collector does not move, used again where they were given back. Each new one would count
/// toward a collection of all generations; a training needs a dozen, which would make two collections of it.
/// </summary>
/// <remarks>What lies unused here is held weakly: the collector frees it when it runs for another reason.</remarks>
internal static class PinnedFloats
{
    private const int PerSize = 8;

    // For each power of two of lengths.
    private static readonly WeakReference<float[]>?[][] Spare = [.. Enumerable.Range(0, 32).Select(_ => new WeakReference<float[]>?[PerSize])];
    private static readonly Lock Gate = new();

    /// <summary>An array of at least this length; its first <paramref name="length"/> values are zeros.</summary>
    public static float[] Rent(int length)
    {
        var size = (int)Math.Min((uint)Array.MaxLength, BitOperations.RoundUpToPowerOf2((uint)Math.Max(length, 16)));
        lock (Gate)
        {
            foreach (var slot in Spare[BitOperations.Log2((uint)size)])
            {
                if (slot is null || !slot.TryGetTarget(out var array) || array.Length < length)
                    continue;
                slot.SetTarget(null!);
                array.AsSpan(0, length).Clear();
                return array;
            }
        }

        return GC.AllocateArray<float>(size, pinned: true);
    }

    /// <summary>Gives an array back; nobody may use it from now on.</summary>
    public static void Return(float[] array)
    {
        var slots = Spare[BitOperations.Log2((uint)array.Length)];
        lock (Gate)
        {
            for (var i = 0; i < slots.Length; i++)
            {
                if (slots[i] is not { } slot)
                {
                    slots[i] = new WeakReference<float[]>(array);
                    return;
                }

                if (slot.TryGetTarget(out _))
                    continue;
                slot.SetTarget(array);
                return;
            }
        }
    }
}
