using FerRos.Networks;
using static FerRos.Torch.torch.nn;

namespace FerRos.Torch;

/// <summary>Convolutions and pools with TensorFlow's padding, whose odd row and column lie below and to the right.</summary>
internal static class Windows
{
    internal static torch.Tensor Convolve(torch.Tensor x, torch.Tensor kernel, torch.Tensor? bias, WindowOperation o, Shape input, long groups)
    {
        var (padded, padding) = Pad(x, o, input, 0);
        return functional.conv2d(padded, kernel, bias, (o.Stride, o.Stride), padding, groups);
    }

    internal static torch.Tensor MaxPool(torch.Tensor x, MaxPool2D o, Shape input)
    {
        var (padded, padding) = Pad(x, o, input, double.NegativeInfinity);
        return functional.max_pool2d(padded, (o.Size, o.Size), (o.Stride, o.Stride), padding);
    }

    internal static torch.Tensor AveragePool(torch.Tensor x, AveragePool2D o, Shape input)
    {
        var (padded, padding) = Pad(x, o, input, 0);
        var pooled = functional.avg_pool2d(padded, (o.Size, o.Size), (o.Stride, o.Stride), padding, count_include_pad: false);
        if (ReferenceEquals(padded, x))
            return pooled;

        // The border that was added counts as values; the mean of ones over it says by how much each window is short.
        var inside = torch.ones([1, 1, input.Height, input.Width], torch.float32, x.device);
        var share = functional.avg_pool2d(Pad(inside, o, input, 0).Tensor, (o.Size, o.Size), (o.Stride, o.Stride));
        return pooled / share;
    }

    /// <summary>Even padding goes along with the operation; uneven padding is added to the tensor.</summary>
    private static (torch.Tensor Tensor, (long Y, long X) Padding) Pad(torch.Tensor x, WindowOperation o, Shape input, double value)
    {
        var (rows, columns) = (o.Rows(input), o.Columns(input));
        return rows.Before == rows.After && columns.Before == columns.After
            ? (x, (rows.Before, columns.Before))
            : (functional.pad(x, [columns.Before, columns.After, rows.Before, rows.After], value), (0, 0));
    }
}
