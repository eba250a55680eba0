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

    // For each power of two of lengths; a reference without target is a free place.
    private static readonly WeakReference<float[]>[][] Spare =
        [.. Enumerable.Range(0, 32).Select(_ => Enumerable.Range(0, PerSize).Select(_ => new WeakReference<float[]>(null!)).ToArray())];

    private static readonly Lock Gate = new();

    /// <summary>An array of at least this length; its first <paramref name="length"/> values are zeros.</summary>
    public static float[] Rent(int length)
    {
        var size = (int)Math.Min((uint)Array.MaxLength, BitOperations.RoundUpToPowerOf2((uint)Math.Max(length, 16)));
        lock (Gate)
        {
            foreach (var place in PlacesOf(size))
            {
                if (!place.TryGetTarget(out var array) || array.Length < length)
                    continue;
                place.SetTarget(null!);
                array.AsSpan(0, length).Clear();
                return array;
            }
        }

        return GC.AllocateArray<float>(size, pinned: true);
    }

    /// <summary>Gives an array back; nobody may use it from now on. Where there are enough of its size, the collector has it.</summary>
    public static void Return(float[] array)
    {
        lock (Gate)
            Array.Find(PlacesOf(array.Length), static place => !place.TryGetTarget(out _))?.SetTarget(array);
    }

    private static WeakReference<float[]>[] PlacesOf(int size) => Spare[BitOperations.Log2((uint)size)];
}
