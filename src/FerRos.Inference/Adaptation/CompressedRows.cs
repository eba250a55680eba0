using System.Runtime.InteropServices;

namespace FerRos.Inference;

/// <summary>
/// The values of a matrix that are not zero, row by row, with their columns: what the field calls compressed sparse rows.
/// Threads may share it. Disposing lets the next ones use the memory.
/// </summary>
internal sealed unsafe class CompressedRows : IDisposable
{
    private readonly AlignedFloats _values;

    // Whole numbers in the bits of floats: so they, too, come from the spare memory.
    private readonly AlignedFloats _columns;
    private readonly int[] _starts;

    private CompressedRows(int rows, int count)
    {
        Rows = rows;
        // One more than there are: where a value is zero, it is written and written over by the next.
        (_values, _columns) = (new AlignedFloats(count + 1), new AlignedFloats(count + 1));
        _starts = new int[rows + 1];
    }

    /// <summary>Number of rows.</summary>
    public int Rows { get; }

    /// <summary>Where each row's values begin, and where those of the last end.</summary>
    public ReadOnlySpan<int> Starts => _starts;

    /// <summary>All values.</summary>
    public float* Values => _values.Pointer;

    /// <summary>The column of each value, ascending within a row.</summary>
    public int* Columns => (int*)_columns.Pointer;

    /// <summary>Takes what is not zero out of a matrix.</summary>
    /// <param name="matrix">Row-major.</param>
    /// <param name="stride">Floats between its rows.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="most">How many values may be there.</param>
    /// <returns>Null where there are more.</returns>
    public static CompressedRows? Of(float* matrix, int stride, int rows, int columns, int most)
    {
        var count = 0;
        for (var row = 0; row < rows; row++)
            count += columns - MemoryMarshal.Cast<float, int>(new Span<float>(matrix + ((nint)row * stride), columns)).Count(0);
        if (count > most)
            return null;
        var compressed = new CompressedRows(rows, count);
        var values = compressed.Values;
        var at = compressed.Columns;
        var next = 0;
        for (var row = 0; row < rows; row++, matrix += stride)
        {
            for (var column = 0; column < columns; column++)
            {
                var value = matrix[column];
                values[next] = value;
                at[next] = column;
                next += BitConverter.SingleToInt32Bits(value) == 0 ? 0 : 1;
            }

            compressed._starts[row + 1] = next;
        }

        return compressed;
    }

    /// <summary>The same with rows and columns exchanged.</summary>
    /// <param name="columns">Number of columns, which become rows.</param>
    public CompressedRows Transposed(int columns)
    {
        var transposed = new CompressedRows(columns, _starts[Rows]);
        var ends = transposed._starts.AsSpan(1);
        for (var i = 0; i < _starts[Rows]; i++)
            ends[Columns[i]]++;
        // Now each start is that of the column's row, and moves to its end below.
        var sum = 0;
        foreach (ref var end in ends)
            (end, sum) = (sum, sum + end);
        var values = transposed.Values;
        var at = transposed.Columns;
        for (var row = 0; row < Rows; row++)
        {
            for (var i = _starts[row]; i < _starts[row + 1]; i++)
            {
                var next = ends[Columns[i]]++;
                values[next] = Values[i];
                at[next] = row;
            }
        }

        return transposed;
    }

    public void Dispose()
    {
        _values.Dispose();
        _columns.Dispose();
    }
}
