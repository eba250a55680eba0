using System.Runtime.InteropServices;

namespace FerRos.OpenCv;

/// <summary>Width and height in pixels.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct Size(int Width, int Height)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Width}x{Height}";
}

/// <summary>A pixel: x to the right, y downwards.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct Point(int X, int Y);

/// <summary>A place between pixels.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct Point2f(float X, float Y);

/// <summary>A rectangle of whole pixels; right and bottom edges are exclusive.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct Rect(int X, int Y, int Width, int Height);

/// <summary>Up to four channel values, in the order of the picture's channels: (blue, green, red) for a BGR picture.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct Scalar(double Val0, double Val1 = 0, double Val2 = 0, double Val3 = 0)
{
    /// <summary>The same value in all four channels.</summary>
    public static Scalar All(double value) => new(value, value, value, value);
}
