using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FerRos.OpenCv.Native;

namespace FerRos.OpenCv;

/// <summary>
/// A picture or matrix of two dimensions in native memory. Dispose it: the garbage collector sees a few bytes only.
/// Not thread-safe, except that many threads may read. Functions that write into a matrix use its memory again when
/// size and type fit, so matrices that are kept cost no allocation per frame.
/// </summary>
public sealed unsafe class Mat : IDisposable
{
    /// <summary>Creates an empty matrix; the first function that writes into it gives it size and type.</summary>
    public Mat()
    {
        NativeError.Check(NativeMethods.MatNew(out MatHandle handle));
        Handle = handle;
    }

    /// <summary>Creates a matrix with undefined content.</summary>
    /// <param name="rows">Height.</param>
    /// <param name="cols">Width.</param>
    /// <param name="type">Depth and channels.</param>
    /// <exception cref="OpenCVException">A negative size, or more memory than there is.</exception>
    public Mat(int rows, int cols, MatType type)
    {
        NativeError.Check(NativeMethods.MatNew(rows, cols, type.Value, out MatHandle handle));
        Handle = handle;
    }

    /// <summary>Creates a matrix with undefined content.</summary>
    /// <exception cref="OpenCVException">A negative size, or more memory than there is.</exception>
    public Mat(Size size, MatType type)
        : this(size.Height, size.Width, type)
    {
    }

    /// <summary>Creates a matrix of one value.</summary>
    /// <exception cref="OpenCVException">A negative size, or more memory than there is.</exception>
    public Mat(int rows, int cols, MatType type, Scalar value)
        : this(rows, cols, type) => SetTo(value);

    internal Mat(MatHandle handle) => Handle = handle;

    /// <summary>Height; 0 when empty.</summary>
    public int Rows => Info().Rows;

    /// <summary>Width; 0 when empty.</summary>
    public int Cols => Info().Cols;

    /// <summary>Height, the same as <see cref="Rows"/>.</summary>
    public int Height => Rows;

    /// <summary>Width, the same as <see cref="Cols"/>.</summary>
    public int Width => Cols;

    internal MatHandle Handle { get; }

    /// <summary>
    /// A matrix over managed memory, without a copy: the memory stays pinned until the matrix and all its regions are
    /// disposed. A function that writes another size or type into the matrix gives it memory of its own.
    /// </summary>
    /// <param name="rows">Height, at least 1.</param>
    /// <param name="cols">Width, at least 1.</param>
    /// <param name="type">Depth and channels.</param>
    /// <param name="data">The pixels, row by row; only read if only read by what is called.</param>
    /// <param name="step">Bytes from one row to the next; 0: rows follow one another without padding.</param>
    /// <exception cref="ArgumentException">The memory is too short, or a row does not fit into <paramref name="step"/>.</exception>
    public static Mat FromPixelData(int rows, int cols, MatType type, Memory<byte> data, long step = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(cols, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        long row = (long)cols * type.ElemSize;
        if (step != 0 && step < row)
            throw new ArgumentException($"A row of {cols} pixels of {type} takes {row} bytes; step is {step}.", nameof(step));

        long needed = (step == 0 ? row : step) * (rows - 1) + row;
        if (data.Length < needed)
            throw new ArgumentException($"{cols}x{rows} pixels of {type} take {needed} bytes; there are {data.Length}.", nameof(data));

        MemoryHandle pin = data.Pin();
        try
        {
            NativeError.Check(NativeMethods.MatNewOver(rows, cols, type.Value, pin.Pointer, step, out MatHandle handle));
            handle.Own(pin);
            return new Mat(handle);
        }
        catch
        {
            pin.Dispose();
            throw;
        }
    }

    /// <summary>Depth and channels.</summary>
    public MatType Type() => new(Info().Type);

    /// <summary>Bytes from one row to the next; 0 when empty.</summary>
    public long Step() => Info().Step;

    /// <summary>Width and height.</summary>
    public Size Size()
    {
        NativeMethods.MatInfo info = Info();
        return new Size(info.Cols, info.Rows);
    }

    /// <summary>Channels of a pixel.</summary>
    public int Channels() => Type().Channels;

    /// <summary>Depth of a channel, one of the constants of <see cref="MatType"/>.</summary>
    public int Depth() => Type().Depth;

    /// <summary>Bytes of a pixel.</summary>
    public int ElemSize() => Type().ElemSize;

    /// <summary>Whether there are no pixels.</summary>
    public bool Empty()
    {
        NativeMethods.MatInfo info = Info();
        return info.Data is null || info.Rows == 0 || info.Cols == 0;
    }

    /// <summary>Whether rows follow one another without padding.</summary>
    public bool IsContinuous() => Info().Continuous != 0;

    /// <summary>
    /// All pixels of a continuous matrix, in native memory: valid until the matrix is disposed or written with another
    /// size or type.
    /// </summary>
    /// <typeparam name="T">A channel's type or a pixel's; the matrix is not converted.</typeparam>
    /// <exception cref="InvalidOperationException">The rows are padded; use <see cref="GetRowSpan"/>.</exception>
    /// <exception cref="ArgumentException">A pixel is not a whole number of <typeparamref name="T"/>.</exception>
    public Span<T> AsSpan<T>()
        where T : unmanaged
    {
        NativeMethods.MatInfo info = Info();
        if (info.Data is null)
            return [];
        if (info.Continuous == 0)
            throw new InvalidOperationException("The matrix is a region of another: its rows do not follow one another. Use GetRowSpan, or Clone first.");
        return new Span<T>(info.Data, checked(info.Rows * Elements<T>(info)));
    }

    /// <summary>The pixels of one row, in native memory; valid as with <see cref="AsSpan"/>.</summary>
    /// <typeparam name="T">A channel's type or a pixel's; the matrix is not converted.</typeparam>
    /// <param name="row">From the top, 0 to <see cref="Rows"/> - 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">No such row.</exception>
    /// <exception cref="ArgumentException">A pixel is not a whole number of <typeparamref name="T"/>.</exception>
    public Span<T> GetRowSpan<T>(int row)
        where T : unmanaged
    {
        NativeMethods.MatInfo info = Info();
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, info.Rows);
        return new Span<T>(info.Data + (row * info.Step), Elements<T>(info));
    }

    /// <summary>A part of this matrix, sharing its memory; keeps this matrix's memory alive.</summary>
    /// <exception cref="OpenCVException">The rectangle is not inside.</exception>
    public Mat this[Rect region] => SubMat(region);

    /// <summary>A part of this matrix, sharing its memory; keeps this matrix's memory alive.</summary>
    /// <exception cref="OpenCVException">The rectangle is not inside.</exception>
    public Mat SubMat(Rect region)
    {
        bool added = false;
        Handle.DangerousAddRef(ref added);
        try
        {
            NativeError.Check(NativeMethods.MatRegion(Handle, region.X, region.Y, region.Width, region.Height, out MatHandle handle));
            handle.Own(Handle);
            added = false; // the region releases it
            return new Mat(handle);
        }
        finally
        {
            if (added)
                Handle.DangerousRelease();
        }
    }

    /// <summary>Gives the matrix a size and a type; the content is undefined. Keeps the memory when both are what they were.</summary>
    /// <exception cref="OpenCVException">A negative size, or more memory than there is.</exception>
    public void Create(int rows, int cols, MatType type) => NativeError.Check(NativeMethods.MatCreate(Handle, rows, cols, type.Value));

    /// <summary>A copy with memory of its own.</summary>
    public Mat Clone()
    {
        NativeError.Check(NativeMethods.MatClone(Handle, out MatHandle handle));
        return new Mat(handle);
    }

    /// <summary>Copies the pixels into another matrix.</summary>
    public void CopyTo(Mat destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        NativeError.Check(NativeMethods.MatCopyTo(Handle, destination.Handle));
    }

    /// <summary>Copies the pixels, without the padding of rows.</summary>
    /// <param name="destination">At least <see cref="Rows"/> x <see cref="Cols"/> x <see cref="ElemSize"/> bytes.</param>
    /// <returns>Bytes written.</returns>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    public int CopyTo(Span<byte> destination)
    {
        NativeMethods.MatInfo info = Info();
        int row = checked(info.Cols * new MatType(info.Type).ElemSize);
        int total = checked(row * info.Rows);
        if (destination.Length < total)
            throw new ArgumentException($"The pixels take {total} bytes; there is room for {destination.Length}.", nameof(destination));

        for (int y = 0; y < info.Rows; y++)
            new ReadOnlySpan<byte>(info.Data + (y * info.Step), row).CopyTo(destination[(y * row)..]);
        return total;
    }

    /// <summary>Writes <c>alpha * value + beta</c> of every channel into another matrix, rounded and saturated.</summary>
    /// <param name="destination">Written.</param>
    /// <param name="type">Its depth; the number of channels stays.</param>
    /// <param name="alpha">Factor.</param>
    /// <param name="beta">Added.</param>
    public void ConvertTo(Mat destination, MatType type, double alpha = 1, double beta = 0)
    {
        ArgumentNullException.ThrowIfNull(destination);
        NativeError.Check(NativeMethods.MatConvertTo(Handle, destination.Handle, type.Value, alpha, beta));
    }

    /// <summary>Sets every pixel.</summary>
    public void SetTo(Scalar value) => NativeError.Check(NativeMethods.MatSetTo(Handle, value));

    /// <inheritdoc/>
    public void Dispose() => Handle.Dispose();

    /// <inheritdoc/>
    public override string ToString() => Handle.IsClosed ? "Mat (disposed)" : $"Mat {Size()} {Type()}";

    private static int Elements<T>(in NativeMethods.MatInfo info)
        where T : unmanaged
    {
        int bytes = new MatType(info.Type).ElemSize;
        return bytes % sizeof(T) == 0
            ? checked(info.Cols * (bytes / sizeof(T)))
            : throw new ArgumentException($"A pixel of {new MatType(info.Type)} takes {bytes} bytes, which is no whole number of {typeof(T).Name}.", nameof(info));
    }

    private NativeMethods.MatInfo Info()
    {
        NativeMethods.MatGetInfo(Handle, out NativeMethods.MatInfo info);
        return info;
    }
}
