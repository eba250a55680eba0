using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using FerRos.Networks;

namespace FerRos.Inference;

/// <summary>The products that the training of dense layers consists of, and the steps of the optimisers, on the widest vectors of the processor.</summary>
internal abstract unsafe class DenseMath
{
    /// <summary>For the widest vectors.</summary>
    public static DenseMath Widest { get; } = ForLanes(PlanExecutor.WidestVector);

    /// <summary>For vectors of so many floats: 16, 8 or 4.</summary>
    public static DenseMath ForLanes(int lanes) => lanes switch
    {
        16 => new DenseMath<Simd512, Vector512<float>>(),
        8 => new DenseMath<Simd256, Vector256<float>>(),
        _ => new DenseMath<Simd128, Vector128<float>>(),
    };

    /// <summary>y = x W + bias, over the whole stride of the layer. What is zero in x costs nothing.</summary>
    public abstract void MultiplyVector(float* x, DenseBlock dense, float* weights, float* y);

    /// <summary>
    /// C = A B + start. A's value for row m and inner index k lies at <paramref name="a"/> + m <paramref name="aRow"/> + k
    /// <paramref name="aInner"/>, so that the same product serves matrices and their transposes.
    /// </summary>
    /// <param name="a">The left matrix.</param>
    /// <param name="aRow">Floats between its rows.</param>
    /// <param name="aInner">Floats between its columns.</param>
    /// <param name="b">The right matrix, row-major.</param>
    /// <param name="bRow">Floats between its rows.</param>
    /// <param name="c">Receives the product, row-major.</param>
    /// <param name="cRow">Floats between its rows.</param>
    /// <param name="rows">Rows of A and C.</param>
    /// <param name="inner">Columns of A, rows of B.</param>
    /// <param name="columns">Columns of B and C, a multiple of <see cref="LastLayerPlan.Lanes"/>.</param>
    /// <param name="start">A row that every row of C starts from; null: zeros.</param>
    /// <param name="accumulate">C starts from what it holds instead.</param>
    public abstract void Multiply(
        float* a, nint aRow, nint aInner, float* b, nint bRow, float* c, nint cRow, int rows, int inner, int columns, float* start,
        bool accumulate);

    /// <summary>C = A B + start, for some rows of a left matrix of which most values are zero. To the last bit what <see cref="Multiply"/> gives.</summary>
    /// <param name="a">The left matrix.</param>
    /// <param name="first">The first of its rows.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="inner">Columns of A, rows of B.</param>
    /// <param name="b">The right matrix, row-major.</param>
    /// <param name="c">Receives the rows of the product, row-major.</param>
    /// <param name="columns">Columns of B and C, without room between their rows; a multiple of <see cref="LastLayerPlan.Lanes"/>.</param>
    /// <param name="start">A row that every row of C starts from; null: zeros.</param>
    public abstract void MultiplySparse(CompressedRows a, int first, int rows, int inner, float* b, float* c, int columns, float* start);

    /// <summary>x = max(x, 0).</summary>
    public abstract void Relu(float* x, nint count);

    /// <summary>gradient = 0 where the activation is not above 0.</summary>
    public abstract void ReluGradient(float* activation, float* gradient, nint count);

    /// <summary>gradient += pull (weight - general).</summary>
    public abstract void Pull(float* weight, float* general, float pull, float* gradient, nint count);

    /// <summary>keras/src/optimizers/sgd.py: m = momentum m - rate g; w += nesterov ? momentum m - rate g : m.</summary>
    public abstract void Sgd(float* weight, float* gradient, float* velocity, float rate, float momentum, bool nesterov, nint count);

    /// <summary>keras/src/optimizers/adam.py: m += (g - m)(1 - beta1); v += (g g - v)(1 - beta2); w -= alpha m / (sqrt(v) + epsilon).</summary>
    public abstract void Adam(
        float* weight, float* gradient, float* momentum, float* velocity, float alpha, float beta1, float beta2, float epsilon, nint count);

    /// <summary>keras/src/optimizers/adamax.py: m += (g - m)(1 - beta1); u = max(beta2 u, |g|); w -= rate m / (u + epsilon).</summary>
    /// <remarks><paramref name="rate"/> is divided by 1 - beta1^t already.</remarks>
    public abstract void Adamax(
        float* weight, float* gradient, float* momentum, float* norm, float rate, float beta1, float beta2, float epsilon, nint count);
}

/// <summary>On vectors of one width.</summary>
internal sealed unsafe class DenseMath<S, V> : DenseMath
    where S : struct, ISimd<V>
    where V : struct
{
    private const MethodImplOptions Hot = MethodImplOptions.AggressiveOptimization;

    // So many rows of the right matrix, four vectors wide, stay in a second-level cache of 256 KiB and more.
    private const int InnerBlock = 512;

    // So many floats of whole rows of the right matrix do.
    private const int CacheFloats = 256 * 1024 / sizeof(float);

    [MethodImpl(Hot)]
    public override void MultiplyVector(float* x, DenseBlock dense, float* weights, float* y)
    {
        var values = stackalloc float[InnerBlock + 1];
        var at = stackalloc int[InnerBlock + 1];
        Start(y, weights + dense.Bias, dense.Stride);
        for (var first = 0; first < dense.Inputs; first += InnerBlock)
        {
            var (end, count) = (Math.Min(first + InnerBlock, dense.Inputs), 0);
            for (var i = first; i < end; i++)
            {
                values[count] = x[i];
                at[count] = i;
                count += x[i] == 0 ? 0 : 1;
            }

            AddRows(values, at, count, weights + dense.Kernel, y, dense.Stride);
        }
    }

    [MethodImpl(Hot)]
    public override void MultiplySparse(CompressedRows a, int first, int rows, int inner, float* b, float* c, int columns, float* start)
    {
        var starts = a.Starts.Slice(first, rows + 1);
        var rented = ArrayPool<int>.Shared.Rent(rows);
        var cursors = rented.AsSpan(0, rows);
        starts[..rows].CopyTo(cursors);
        for (var m = 0; m < rows; m++)
            Start(c + ((nint)m * columns), start, columns);
        var values = a.Values;
        var at = a.Columns;
        var block = Math.Max(1, CacheFloats / columns);
        for (var end = block; end < inner + block; end += block)
        {
            for (var m = 0; m < rows; m++)
            {
                var (from, next, rowEnd) = (cursors[m], cursors[m], starts[m + 1]);
                while (next < rowEnd && at[next] < end)
                    next++;
                cursors[m] = next;
                AddRows(values + from, at + from, next - from, b, c + ((nint)m * columns), columns);
            }
        }

        ArrayPool<int>.Shared.Return(rented);
    }

    [MethodImpl(Hot)]
    public override void Multiply(
        float* a, nint aRow, nint aInner, float* b, nint bRow, float* c, nint cRow, int rows, int inner, int columns, float* start,
        bool accumulate)
    {
        for (nint m = 0; m < rows && !accumulate; m++)
            Start(c + (m * cRow), start, columns);

        // With 16 registers a tile of 4 x 4 vectors would not fit.
        var widest = S.Registers >= 32 ? 4 : 2;
        for (nint first = 0; first < inner; first += InnerBlock)
        {
            var depth = (int)Math.Min(InnerBlock, inner - first);
            var aBlock = a + (first * aInner);
            var bBlock = b + (first * bRow);
            nint j = 0;
            for (; widest == 4 && j + (4 * S.Count) <= columns; j += 4 * S.Count)
            {
                nint m = 0;
                for (; m + 4 <= rows; m += 4)
                    Tile4x4(aBlock + (m * aRow), aRow, aInner, bBlock + j, bRow, c + (m * cRow) + j, cRow, depth);
                for (; m < rows; m++)
                    Tile1x4(aBlock + (m * aRow), aInner, bBlock + j, bRow, c + (m * cRow) + j, depth);
            }

            for (; j + (2 * S.Count) <= columns; j += 2 * S.Count)
            {
                nint m = 0;
                for (; m + 4 <= rows; m += 4)
                    Tile4x2(aBlock + (m * aRow), aRow, aInner, bBlock + j, bRow, c + (m * cRow) + j, cRow, depth);
                for (; m < rows; m++)
                    Tile1x2(aBlock + (m * aRow), aInner, bBlock + j, bRow, c + (m * cRow) + j, depth);
            }

            for (; j < columns; j += S.Count)
            {
                nint m = 0;
                for (; m + 4 <= rows; m += 4)
                    Tile4x1(aBlock + (m * aRow), aRow, aInner, bBlock + j, bRow, c + (m * cRow) + j, cRow, depth);
                for (; m < rows; m++)
                    Tile1x1(aBlock + (m * aRow), aInner, bBlock + j, bRow, c + (m * cRow) + j, depth);
            }
        }
    }

    [MethodImpl(Hot)]
    public override void Relu(float* x, nint count)
    {
        for (nint i = 0; i < count; i += S.Count)
            S.Store(x + i, S.Max(S.Load(x + i), S.Create(0)));
    }

    [MethodImpl(Hot)]
    public override void ReluGradient(float* activation, float* gradient, nint count)
    {
        for (nint i = 0; i < count; i++)
        {
            if (!(activation[i] > 0))
                gradient[i] = 0;
        }
    }

    [MethodImpl(Hot)]
    public override void Pull(float* weight, float* general, float pull, float* gradient, nint count)
    {
        var vpull = S.Create(pull);
        for (nint i = 0; i < count; i += S.Count)
            S.Store(gradient + i, S.MultiplyAdd(vpull, S.Subtract(S.Load(weight + i), S.Load(general + i)), S.Load(gradient + i)));
    }

    [MethodImpl(Hot)]
    public override void Sgd(float* weight, float* gradient, float* velocity, float rate, float momentum, bool nesterov, nint count)
    {
        V vrate = S.Create(-rate), vmomentum = S.Create(momentum);
        for (nint i = 0; i < count; i += S.Count)
        {
            var g = S.Multiply(S.Load(gradient + i), vrate);
            var m = S.MultiplyAdd(vmomentum, S.Load(velocity + i), g);
            S.Store(velocity + i, m);
            var w = S.Load(weight + i);
            S.Store(weight + i, nesterov ? S.Add(S.MultiplyAdd(vmomentum, m, w), g) : S.Add(w, m));
        }
    }

    [MethodImpl(Hot)]
    public override void Adam(
        float* weight, float* gradient, float* momentum, float* velocity, float alpha, float beta1, float beta2, float epsilon, nint count)
    {
        V valpha = S.Create(-alpha), v1 = S.Create(1 - beta1), v2 = S.Create(1 - beta2), vepsilon = S.Create(epsilon);
        for (nint i = 0; i < count; i += S.Count)
        {
            var g = S.Load(gradient + i);
            var m = S.Load(momentum + i);
            var v = S.Load(velocity + i);
            m = S.MultiplyAdd(S.Subtract(g, m), v1, m);
            v = S.MultiplyAdd(S.Subtract(S.Multiply(g, g), v), v2, v);
            S.Store(momentum + i, m);
            S.Store(velocity + i, v);
            S.Store(weight + i, S.MultiplyAdd(valpha, S.Divide(m, S.Add(S.SquareRoot(v), vepsilon)), S.Load(weight + i)));
        }
    }

    [MethodImpl(Hot)]
    public override void Adamax(
        float* weight, float* gradient, float* momentum, float* norm, float rate, float beta1, float beta2, float epsilon, nint count)
    {
        V vrate = S.Create(-rate), v1 = S.Create(1 - beta1), v2 = S.Create(beta2), vepsilon = S.Create(epsilon), zero = S.Create(0);
        for (nint i = 0; i < count; i += S.Count)
        {
            var g = S.Load(gradient + i);
            var m = S.Load(momentum + i);
            m = S.MultiplyAdd(S.Subtract(g, m), v1, m);
            var u = S.Max(S.Multiply(v2, S.Load(norm + i)), S.Max(g, S.Subtract(zero, g)));
            S.Store(momentum + i, m);
            S.Store(norm + i, u);
            S.Store(weight + i, S.MultiplyAdd(vrate, S.Divide(m, S.Add(u, vepsilon)), S.Load(weight + i)));
        }
    }

    [MethodImpl(Hot)]
    private static void Tile4x4(float* a, nint aRow, nint aInner, float* b, nint bRow, float* c, nint cRow, int depth)
    {
        float* a1 = a + aRow, a2 = a1 + aRow, a3 = a2 + aRow;
        float* c1 = c + cRow, c2 = c1 + cRow, c3 = c2 + cRow;
        V s00 = S.Load(c), s01 = S.Load(c + S.Count), s02 = S.Load(c + (2 * S.Count)), s03 = S.Load(c + (3 * S.Count));
        V s10 = S.Load(c1), s11 = S.Load(c1 + S.Count), s12 = S.Load(c1 + (2 * S.Count)), s13 = S.Load(c1 + (3 * S.Count));
        V s20 = S.Load(c2), s21 = S.Load(c2 + S.Count), s22 = S.Load(c2 + (2 * S.Count)), s23 = S.Load(c2 + (3 * S.Count));
        V s30 = S.Load(c3), s31 = S.Load(c3 + S.Count), s32 = S.Load(c3 + (2 * S.Count)), s33 = S.Load(c3 + (3 * S.Count));
        for (; depth > 0; depth--, a += aInner, a1 += aInner, a2 += aInner, a3 += aInner, b += bRow)
        {
            V b0 = S.Load(b), b1 = S.Load(b + S.Count), b2 = S.Load(b + (2 * S.Count)), b3 = S.Load(b + (3 * S.Count));
            var x = S.Broadcast(a);
            s00 = S.MultiplyAdd(x, b0, s00);
            s01 = S.MultiplyAdd(x, b1, s01);
            s02 = S.MultiplyAdd(x, b2, s02);
            s03 = S.MultiplyAdd(x, b3, s03);
            x = S.Broadcast(a1);
            s10 = S.MultiplyAdd(x, b0, s10);
            s11 = S.MultiplyAdd(x, b1, s11);
            s12 = S.MultiplyAdd(x, b2, s12);
            s13 = S.MultiplyAdd(x, b3, s13);
            x = S.Broadcast(a2);
            s20 = S.MultiplyAdd(x, b0, s20);
            s21 = S.MultiplyAdd(x, b1, s21);
            s22 = S.MultiplyAdd(x, b2, s22);
            s23 = S.MultiplyAdd(x, b3, s23);
            x = S.Broadcast(a3);
            s30 = S.MultiplyAdd(x, b0, s30);
            s31 = S.MultiplyAdd(x, b1, s31);
            s32 = S.MultiplyAdd(x, b2, s32);
            s33 = S.MultiplyAdd(x, b3, s33);
        }

        Store4(c, s00, s01, s02, s03);
        Store4(c1, s10, s11, s12, s13);
        Store4(c2, s20, s21, s22, s23);
        Store4(c3, s30, s31, s32, s33);
    }

    [MethodImpl(Hot)]
    private static void Tile4x2(float* a, nint aRow, nint aInner, float* b, nint bRow, float* c, nint cRow, int depth)
    {
        float* a1 = a + aRow, a2 = a1 + aRow, a3 = a2 + aRow;
        float* c1 = c + cRow, c2 = c1 + cRow, c3 = c2 + cRow;
        V s00 = S.Load(c), s01 = S.Load(c + S.Count), s10 = S.Load(c1), s11 = S.Load(c1 + S.Count);
        V s20 = S.Load(c2), s21 = S.Load(c2 + S.Count), s30 = S.Load(c3), s31 = S.Load(c3 + S.Count);
        for (; depth > 0; depth--, a += aInner, a1 += aInner, a2 += aInner, a3 += aInner, b += bRow)
        {
            V b0 = S.Load(b), b1 = S.Load(b + S.Count);
            V x0 = S.Broadcast(a), x1 = S.Broadcast(a1);
            s00 = S.MultiplyAdd(x0, b0, s00);
            s01 = S.MultiplyAdd(x0, b1, s01);
            s10 = S.MultiplyAdd(x1, b0, s10);
            s11 = S.MultiplyAdd(x1, b1, s11);
            V x2 = S.Broadcast(a2), x3 = S.Broadcast(a3);
            s20 = S.MultiplyAdd(x2, b0, s20);
            s21 = S.MultiplyAdd(x2, b1, s21);
            s30 = S.MultiplyAdd(x3, b0, s30);
            s31 = S.MultiplyAdd(x3, b1, s31);
        }

        S.Store(c, s00);
        S.Store(c + S.Count, s01);
        S.Store(c1, s10);
        S.Store(c1 + S.Count, s11);
        S.Store(c2, s20);
        S.Store(c2 + S.Count, s21);
        S.Store(c3, s30);
        S.Store(c3 + S.Count, s31);
    }

    [MethodImpl(Hot)]
    private static void Tile4x1(float* a, nint aRow, nint aInner, float* b, nint bRow, float* c, nint cRow, int depth)
    {
        float* a1 = a + aRow, a2 = a1 + aRow, a3 = a2 + aRow;
        float* c1 = c + cRow, c2 = c1 + cRow, c3 = c2 + cRow;
        V s0 = S.Load(c), s1 = S.Load(c1), s2 = S.Load(c2), s3 = S.Load(c3);
        for (; depth > 0; depth--, a += aInner, a1 += aInner, a2 += aInner, a3 += aInner, b += bRow)
        {
            var b0 = S.Load(b);
            s0 = S.MultiplyAdd(S.Broadcast(a), b0, s0);
            s1 = S.MultiplyAdd(S.Broadcast(a1), b0, s1);
            s2 = S.MultiplyAdd(S.Broadcast(a2), b0, s2);
            s3 = S.MultiplyAdd(S.Broadcast(a3), b0, s3);
        }

        S.Store(c, s0);
        S.Store(c1, s1);
        S.Store(c2, s2);
        S.Store(c3, s3);
    }

    [MethodImpl(Hot)]
    private static void Tile1x4(float* a, nint aInner, float* b, nint bRow, float* c, int depth)
    {
        V s0 = S.Load(c), s1 = S.Load(c + S.Count), s2 = S.Load(c + (2 * S.Count)), s3 = S.Load(c + (3 * S.Count));
        for (; depth > 0; depth--, a += aInner, b += bRow)
        {
            var x = S.Broadcast(a);
            s0 = S.MultiplyAdd(x, S.Load(b), s0);
            s1 = S.MultiplyAdd(x, S.Load(b + S.Count), s1);
            s2 = S.MultiplyAdd(x, S.Load(b + (2 * S.Count)), s2);
            s3 = S.MultiplyAdd(x, S.Load(b + (3 * S.Count)), s3);
        }

        Store4(c, s0, s1, s2, s3);
    }

    [MethodImpl(Hot)]
    private static void Tile1x2(float* a, nint aInner, float* b, nint bRow, float* c, int depth)
    {
        V s0 = S.Load(c), s1 = S.Load(c + S.Count);
        for (; depth > 0; depth--, a += aInner, b += bRow)
        {
            var x = S.Broadcast(a);
            s0 = S.MultiplyAdd(x, S.Load(b), s0);
            s1 = S.MultiplyAdd(x, S.Load(b + S.Count), s1);
        }

        S.Store(c, s0);
        S.Store(c + S.Count, s1);
    }

    [MethodImpl(Hot)]
    private static void Tile1x1(float* a, nint aInner, float* b, nint bRow, float* c, int depth)
    {
        var sum = S.Load(c);
        for (; depth > 0; depth--, a += aInner, b += bRow)
            sum = S.MultiplyAdd(S.Broadcast(a), S.Load(b), sum);
        S.Store(c, sum);
    }

    /// <summary>c += the sum of some rows of b, each times a value.</summary>
    [MethodImpl(Hot)]
    private static void AddRows(float* values, int* at, int count, float* b, float* c, int columns)
    {
        if (count == 0)
            return;
        nint j = 0;
        for (; j + (4 * S.Count) <= columns; j += 4 * S.Count)
        {
            V s0 = S.Load(c + j), s1 = S.Load(c + j + S.Count), s2 = S.Load(c + j + (2 * S.Count)), s3 = S.Load(c + j + (3 * S.Count));
            for (var i = 0; i < count; i++)
            {
                var row = b + ((nint)at[i] * columns) + j;
                var x = S.Broadcast(values + i);
                s0 = S.MultiplyAdd(x, S.Load(row), s0);
                s1 = S.MultiplyAdd(x, S.Load(row + S.Count), s1);
                s2 = S.MultiplyAdd(x, S.Load(row + (2 * S.Count)), s2);
                s3 = S.MultiplyAdd(x, S.Load(row + (3 * S.Count)), s3);
            }

            Store4(c + j, s0, s1, s2, s3);
        }

        for (; j < columns; j += S.Count)
        {
            var sum = S.Load(c + j);
            for (var i = 0; i < count; i++)
                sum = S.MultiplyAdd(S.Broadcast(values + i), S.Load(b + ((nint)at[i] * columns) + j), sum);
            S.Store(c + j, sum);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Start(float* c, float* start, int columns)
    {
        for (nint j = 0; j < columns; j += S.Count)
            S.Store(c + j, start is null ? S.Create(0) : S.Load(start + j));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store4(float* c, V s0, V s1, V s2, V s3)
    {
        S.Store(c, s0);
        S.Store(c + S.Count, s1);
        S.Store(c + (2 * S.Count), s2);
        S.Store(c + (3 * S.Count), s3);
    }
}
