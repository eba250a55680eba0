namespace FerRos.Perception.Tracking;

/// <summary>
/// The cheapest assignment of rows to columns (Hungarian algorithm with potentials, O(rows² columns)), in buffers
/// that are allocated once.
/// </summary>
internal sealed class Assignment
{
    private readonly int _maxColumns;
    private readonly double[] _rowPotential;
    private readonly double[] _columnPotential;
    private readonly double[] _least;
    private readonly int[] _rowOfColumn;
    private readonly int[] _previous;
    private readonly bool[] _visited;

    public Assignment(int maxRows, int maxColumns)
    {
        _maxColumns = maxColumns;
        _rowPotential = new double[maxRows + 1];
        _columnPotential = new double[maxColumns + 1];
        _least = new double[maxColumns + 1];
        _rowOfColumn = new int[maxColumns + 1];
        _previous = new int[maxColumns + 1];
        _visited = new bool[maxColumns + 1];
    }

    /// <summary>Assigns every row a column of its own so that the sum of costs is least.</summary>
    /// <param name="costs">rows x columns finite costs, row after row.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Number of columns, not below the number of rows.</param>
    /// <param name="columnOfRow">Receives the column of each row.</param>
    public void Solve(ReadOnlySpan<float> costs, int rows, int columns, Span<int> columnOfRow)
    {
        if (rows > columns || columns > _maxColumns || rows >= _rowPotential.Length)
            throw new ArgumentException($"{rows} rows and {columns} columns do not fit.", nameof(rows));

        Array.Clear(_rowPotential);
        Array.Clear(_columnPotential);
        Array.Clear(_rowOfColumn);
        // Row by row, grow the matching along the cheapest alternating path. Index 0 stands for "none".
        for (int row = 1; row <= rows; row++)
        {
            _rowOfColumn[0] = row;
            int column = 0;
            Array.Fill(_least, double.PositiveInfinity);
            Array.Clear(_visited);
            do
            {
                _visited[column] = true;
                int from = _rowOfColumn[column];
                double delta = double.PositiveInfinity;
                int next = 0;
                for (int j = 1; j <= columns; j++)
                {
                    if (_visited[j])
                        continue;
                    double reduced = costs[((from - 1) * columns) + j - 1] - _rowPotential[from] - _columnPotential[j];
                    if (reduced < _least[j])
                    {
                        _least[j] = reduced;
                        _previous[j] = column;
                    }

                    if (_least[j] < delta)
                    {
                        delta = _least[j];
                        next = j;
                    }
                }

                for (int j = 0; j <= columns; j++)
                {
                    if (_visited[j])
                    {
                        _rowPotential[_rowOfColumn[j]] += delta;
                        _columnPotential[j] -= delta;
                    }
                    else
                    {
                        _least[j] -= delta;
                    }
                }

                column = next;
            }
            while (_rowOfColumn[column] != 0);

            do
            {
                int before = _previous[column];
                _rowOfColumn[column] = _rowOfColumn[before];
                column = before;
            }
            while (column != 0);
        }

        for (int j = 1; j <= columns; j++)
        {
            if (_rowOfColumn[j] != 0)
                columnOfRow[_rowOfColumn[j] - 1] = j - 1;
        }
    }
}
