namespace FerRos.Training;

/// <summary>Draws that <see cref="Random"/> lacks.</summary>
internal static class RandomExtensions
{
    /// <summary>A draw from the normal distribution with mean 0 and deviation 1, by Box and Muller (1958); takes two draws.</summary>
    internal static double NextNormal(this Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
