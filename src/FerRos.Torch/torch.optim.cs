namespace FerRos.Torch;

public static partial class torch
{
    /// <summary>
    /// Optimisers with Keras's formulas (keras.optimizers, version 3), so that a run here is one there. They differ from
    /// PyTorch's: Adam's and AdamW's epsilon (1e-7) is added to the root of the uncorrected second moment, SGD's velocity
    /// holds the learning rate, AdamW decays before it steps.
    /// </summary>
    public static class optim
    {
        /// <summary>Stochastic gradient descent with momentum.</summary>
        public static SGD SGD(IEnumerable<nn.Parameter> parameters, double learningRate, double momentum = 0, bool nesterov = false) =>
            new(parameters, learningRate, momentum, nesterov);

        /// <summary>Adam (Kingma and Ba 2015).</summary>
        public static Adam Adam(
            IEnumerable<nn.Parameter> parameters, double learningRate = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-7) =>
            new(parameters, learningRate, beta1, beta2, eps, 0, null);

        /// <summary>Adam with decoupled weight decay (Loshchilov and Hutter 2019).</summary>
        /// <param name="parameters">What it changes.</param>
        /// <param name="learningRate">The step.</param>
        /// <param name="beta1">Decay of the first moment.</param>
        /// <param name="beta2">Decay of the second moment.</param>
        /// <param name="eps">Added to the denominator.</param>
        /// <param name="weight_decay">Each step shrinks the weights by this share times the learning rate.</param>
        /// <param name="decays">Which parameters decay; null: all.</param>
        public static Adam AdamW(
            IEnumerable<nn.Parameter> parameters, double learningRate = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-7,
            double weight_decay = 0.004, Func<nn.Parameter, bool>? decays = null) =>
            new(parameters, learningRate, beta1, beta2, eps, weight_decay, decays);

        /// <summary>Adamax: Adam with the infinity norm (Kingma and Ba 2015, section 7).</summary>
        public static Adamax Adamax(
            IEnumerable<nn.Parameter> parameters, double learningRate = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-7) =>
            new(parameters, learningRate, beta1, beta2, eps);
    }
}

/// <summary>Changes parameters by their gradients. Parameters without a gradient stay as they are.</summary>
public abstract class Optimizer : IDisposable
{
    private readonly List<(string Name, torch.Tensor Value)> _state = [];

    private protected Optimizer(IEnumerable<torch.nn.Parameter> parameters, double learningRate)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentOutOfRangeException.ThrowIfNegative(learningRate);
        Parameters = [.. parameters];
        LearningRate = learningRate;
    }

    /// <summary>The step; schedules change it.</summary>
    public double LearningRate { get; set; }

    /// <summary>Number of steps made.</summary>
    public long Steps { get; private set; }

    private protected torch.nn.Parameter[] Parameters { get; }

    /// <summary>Makes one step.</summary>
    public void step()
    {
        using var none = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        Steps++;
        for (var i = 0; i < Parameters.Length; i++)
        {
            if (!Parameters[i].requires_grad)
                continue;
            using var gradient = Parameters[i].grad();
            if (gradient is not null)
                Update(i, Parameters[i], gradient);
        }
    }

    /// <summary>Forgets the gradients of all parameters.</summary>
    public void zero_grad()
    {
        foreach (var parameter in Parameters)
            parameter.set_grad(null);
    }

    /// <summary>The moments, by name (<c>0/momentum</c>: of the first parameter); with <see cref="Steps"/> all that a run goes on from.</summary>
    public IReadOnlyDictionary<string, torch.Tensor> state_dict() => _state.ToDictionary(s => s.Name, s => s.Value, StringComparer.Ordinal);

    /// <summary>Goes on from the state of an optimiser of the same kind and parameters.</summary>
    /// <exception cref="TorchException">The state is of another.</exception>
    public void load_state_dict(IReadOnlyDictionary<string, torch.Tensor> state, long steps)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentOutOfRangeException.ThrowIfNegative(steps);
        if (state.Count != _state.Count)
            throw new TorchException($"the optimiser keeps {_state.Count} tensors, the state has {state.Count}");
        using var none = torch.no_grad();
        foreach (var (name, target) in _state)
        {
            if (!state.TryGetValue(name, out var source) || !target.shape.AsSpan().SequenceEqual(source.shape))
                throw new TorchException($"the optimiser's '{name}' ({target}) is not in the state, or has another shape there");
            target.copy_(source);
        }

        Steps = steps;
    }

    /// <summary>Disposes the moments.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Disposes the moments.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (!disposing)
            return;
        foreach (var (_, value) in _state)
            value.Dispose();
    }

    private protected abstract void Update(int index, torch.nn.Parameter parameter, torch.Tensor gradient);

    /// <summary>One tensor of zeros per parameter, which is part of the state.</summary>
    private protected torch.Tensor[] Moments(string name)
    {
        var moments = new torch.Tensor[Parameters.Length];
        for (var i = 0; i < moments.Length; i++)
        {
            moments[i] = torch.zeros_like(Parameters[i]).DetachFromDisposeScope();
            _state.Add(($"{i}/{name}", moments[i]));
        }

        return moments;
    }
}

/// <summary>Stochastic gradient descent; see <see cref="torch.optim.SGD"/>.</summary>
public sealed class SGD : Optimizer
{
    private readonly double _momentum;
    private readonly bool _nesterov;
    private readonly torch.Tensor[]? _velocity;

    internal SGD(IEnumerable<torch.nn.Parameter> parameters, double learningRate, double momentum, bool nesterov)
        : base(parameters, learningRate)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(momentum);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(momentum, 1);
        _momentum = momentum;
        _nesterov = nesterov;
        if (momentum != 0)
            _velocity = Moments("momentum");
    }

    private protected override void Update(int index, torch.nn.Parameter parameter, torch.Tensor gradient)
    {
        if (_velocity is null)
        {
            parameter.add_(gradient, -LearningRate);
            return;
        }

        // keras/src/optimizers/sgd.py: m = momentum m - lr g; w += nesterov ? momentum m - lr g : m.
        var velocity = _velocity[index];
        velocity.mul_(_momentum).add_(gradient, -LearningRate);
        if (_nesterov)
            parameter.add_(velocity, _momentum).add_(gradient, -LearningRate);
        else
            parameter.add_(velocity);
    }
}

/// <summary>Adam and AdamW; see <see cref="torch.optim.Adam"/>, <see cref="torch.optim.AdamW"/>.</summary>
public sealed class Adam : Optimizer
{
    private readonly double _beta1;
    private readonly double _beta2;
    private readonly double _epsilon;
    private readonly double _decay;
    private readonly bool[] _decays;
    private readonly torch.Tensor[] _momentum;
    private readonly torch.Tensor[] _velocity;

    internal Adam(
        IEnumerable<torch.nn.Parameter> parameters, double learningRate, double beta1, double beta2, double epsilon, double decay,
        Func<torch.nn.Parameter, bool>? decays)
        : base(parameters, learningRate)
    {
        (_beta1, _beta2, _epsilon, _decay) = (beta1, beta2, epsilon, decay);
        _decays = [.. Parameters.Select(p => decay != 0 && (decays is null || decays(p)))];
        _momentum = Moments("momentum");
        _velocity = Moments("velocity");
    }

    private protected override void Update(int index, torch.nn.Parameter parameter, torch.Tensor gradient)
    {
        if (_decays[index])
            parameter.mul_(1 - (_decay * LearningRate));

        // keras/src/optimizers/adam.py: alpha = lr sqrt(1 - beta2^t) / (1 - beta1^t); w -= alpha m / (sqrt(v) + epsilon).
        var alpha = LearningRate * Math.Sqrt(1 - Math.Pow(_beta2, Steps)) / (1 - Math.Pow(_beta1, Steps));
        _momentum[index].lerp_(gradient, 1 - _beta1);
        _velocity[index].mul_(_beta2).addcmul_(gradient, gradient, 1 - _beta2);
        using var denominator = _velocity[index].sqrt();
        parameter.addcdiv_(_momentum[index], denominator.add_(_epsilon), -alpha);
    }
}

/// <summary>Adamax; see <see cref="torch.optim.Adamax"/>.</summary>
public sealed class Adamax : Optimizer
{
    private readonly double _beta1;
    private readonly double _beta2;
    private readonly double _epsilon;
    private readonly torch.Tensor[] _momentum;
    private readonly torch.Tensor[] _norm;

    internal Adamax(IEnumerable<torch.nn.Parameter> parameters, double learningRate, double beta1, double beta2, double epsilon)
        : base(parameters, learningRate)
    {
        (_beta1, _beta2, _epsilon) = (beta1, beta2, epsilon);
        _momentum = Moments("momentum");
        _norm = Moments("norm");
    }

    private protected override void Update(int index, torch.nn.Parameter parameter, torch.Tensor gradient)
    {
        // keras/src/optimizers/adamax.py: u = max(beta2 u, |g|); w -= lr m / ((1 - beta1^t) (u + epsilon)).
        _momentum[index].lerp_(gradient, 1 - _beta1);
        using var size = gradient.abs();
        _norm[index].mul_(_beta2).maximum_(size);
        using var denominator = _norm[index].add(_epsilon);
        parameter.addcdiv_(_momentum[index], denominator, -LearningRate / (1 - Math.Pow(_beta1, Steps)));
    }
}
