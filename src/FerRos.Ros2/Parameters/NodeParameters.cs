using System.Diagnostics.CodeAnalysis;

namespace FerRos.Ros2;

/// <summary>
/// A node's parameters. They are declared with a default; values from the command line and from parameter files go
/// before it. Rules and wording of refusals are rclcpp's. All members are thread-safe.
/// </summary>
public sealed class NodeParameters
{
    private readonly IReadOnlyDictionary<string, ParameterValue> _overrides;
    private readonly bool _allowUndeclared;
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, Declared> _declared = new(StringComparer.Ordinal);
    private readonly List<Func<IReadOnlyList<Parameter>, SetParametersResult>> _callbacks = [];

    internal NodeParameters(IReadOnlyDictionary<string, ParameterValue> overrides, bool allowUndeclared)
    {
        _overrides = overrides;
        _allowUndeclared = allowUndeclared;
    }

    /// <summary>Raised after parameters have changed, with their new values, on the thread that set them. Those that were removed have the value <see cref="ParameterValue.NotSet"/>.</summary>
    public event Action<IReadOnlyList<Parameter>>? Changed;

    /// <summary>Raised within the lock, once a batch, in order: for <c>/parameter_events</c>.</summary>
    internal event Action<ParameterChanges>? Recorded;

    /// <summary>Values given from outside, declared or not.</summary>
    public IReadOnlyDictionary<string, ParameterValue> Overrides => _overrides;

    /// <summary>Names of all declared parameters, sorted.</summary>
    public IReadOnlyList<string> Names
    {
        get
        {
            lock (_gate)
                return [.. _declared.Keys];
        }
    }

    /// <summary>Declares a parameter.</summary>
    /// <param name="name">Name, with dots between groups.</param>
    /// <param name="defaultValue">Value when none is given from outside; its type is the parameter's.</param>
    /// <param name="descriptor">Meaning and constraints; null: none.</param>
    /// <param name="ignoreOverride">Whether a value given from outside is ignored.</param>
    /// <returns>The value that it has now.</returns>
    /// <exception cref="ParameterException">It is declared already, or the value given from outside, or the default, is not allowed.</exception>
    public ParameterValue Declare(string name, ParameterValue defaultValue, ParameterDescriptor? descriptor = null, bool ignoreOverride = false)
    {
        ArgumentNullException.ThrowIfNull(defaultValue);
        descriptor ??= new ParameterDescriptor();
        if (defaultValue.Type == ParameterType.NotSet && !descriptor.DynamicTyping)
            throw new ParameterException($"parameter '{name}' could not be declared: without a value it needs a type, see DeclareRequired, or dynamic typing.");
        return Declare(name, defaultValue.Type, defaultValue, descriptor, ignoreOverride);
    }

    /// <summary>Declares a parameter of a .NET type: bool, int, long, float, double, string, or an array of byte, bool, int, long, double or string.</summary>
    /// <returns>The value that it has now.</returns>
    /// <exception cref="ParameterException">It is declared already, or the value given from outside, or the default, is not allowed.</exception>
    public T Declare<T>(string name, T defaultValue, ParameterDescriptor? descriptor = null, bool ignoreOverride = false) =>
        Declare(name, ParameterValue.FromObject(defaultValue), descriptor, ignoreOverride).As<T>();

    /// <summary>Declares a parameter that has no default. It has no value until one is set.</summary>
    /// <returns>The value given from outside, or <see cref="ParameterValue.NotSet"/>.</returns>
    /// <exception cref="ParameterException">It is declared already, or the value given from outside is not allowed.</exception>
    public ParameterValue DeclareRequired(string name, ParameterType type, ParameterDescriptor? descriptor = null) =>
        Declare(name, type, ParameterValue.NotSet, descriptor ?? new ParameterDescriptor(), ignoreOverride: false);

    /// <summary>Removes a parameter.</summary>
    /// <exception cref="ParameterException">It is not declared, or read-only.</exception>
    public void Undeclare(string name)
    {
        lock (_gate)
        {
            Declared declared = Find(name);
            if (declared.Descriptor.ReadOnly)
                throw new ParameterException($"parameter '{name}' cannot be undeclared because it is read-only");
            _declared.Remove(name);
        }
    }

    /// <summary>Whether a parameter is declared.</summary>
    public bool Has(string name)
    {
        lock (_gate)
            return _declared.ContainsKey(name);
    }

    /// <summary>A parameter's value.</summary>
    /// <exception cref="ParameterException">It is not declared.</exception>
    public ParameterValue Get(string name)
    {
        lock (_gate)
            return _allowUndeclared && !_declared.ContainsKey(name) ? ParameterValue.NotSet : Find(name).Value;
    }

    /// <summary>A parameter's value as a .NET type.</summary>
    /// <exception cref="ParameterException">It is not declared, or of another type.</exception>
    public T Get<T>(string name) => Get(name).As<T>();

    /// <summary>A parameter's value, where it is declared and has one.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out ParameterValue? value)
    {
        lock (_gate)
            value = _declared.TryGetValue(name, out Declared? declared) && declared.Value.Type != ParameterType.NotSet ? declared.Value : null;
        return value is not null;
    }

    /// <summary>A parameter's meaning and constraints.</summary>
    /// <exception cref="ParameterException">It is not declared.</exception>
    public ParameterDescriptor Describe(string name)
    {
        lock (_gate)
            return Find(name).Descriptor;
    }

    /// <summary>Sets one parameter.</summary>
    public SetParametersResult Set(string name, ParameterValue value) => SetAtomically([new Parameter(name, value)]);

    /// <summary>Sets one parameter to a value of a .NET type.</summary>
    public SetParametersResult Set<T>(string name, T value) => Set(name, ParameterValue.FromObject(value));

    /// <summary>Sets all parameters or none.</summary>
    public SetParametersResult SetAtomically(IReadOnlyList<Parameter> parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        var changes = new ParameterChanges([], [], []);
        lock (_gate)
        {
            foreach (Parameter parameter in parameters)
            {
                if (FindFault(parameter) is { } fault)
                    return SetParametersResult.Failure(fault);
            }

            foreach (Func<IReadOnlyList<Parameter>, SetParametersResult> callback in _callbacks.ToArray())
            {
                SetParametersResult result = callback(parameters);
                if (!result.Successful)
                    return result;
            }

            foreach (Parameter parameter in parameters)
                Apply(parameter, changes);
            Record(changes);
        }

        Changed?.Invoke(parameters);
        return SetParametersResult.Success;
    }

    /// <summary>
    /// Adds a check that sees every batch before it is set and may refuse it; the first refusal holds. It runs within
    /// the lock, on the thread that sets. Dispose the result to remove it.
    /// </summary>
    public IDisposable AddOnSet(Func<IReadOnlyList<Parameter>, SetParametersResult> callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        lock (_gate)
            _callbacks.Insert(0, callback); // As rclcpp: the last one added is asked first.
        return new Registration(this, callback);
    }

    internal bool AllowUndeclared => _allowUndeclared;

    internal bool TryFind(string name, [NotNullWhen(true)] out ParameterDescriptor? descriptor, out ParameterType type, out ParameterValue value)
    {
        lock (_gate)
        {
            bool found = _declared.TryGetValue(name, out Declared? declared);
            descriptor = declared?.Descriptor;
            type = declared is null ? ParameterType.NotSet : declared.Value.Type == ParameterType.NotSet ? declared.Type : declared.Value.Type;
            value = declared?.Value ?? ParameterValue.NotSet;
            return found;
        }
    }

    private ParameterValue Declare(string name, ParameterType type, ParameterValue defaultValue, ParameterDescriptor descriptor, bool ignoreOverride)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.Length == 0)
            throw new ParameterException("parameter name must not be empty");

        ParameterValue value = defaultValue;
        bool overridden = !ignoreOverride && _overrides.TryGetValue(name, out value!);
        value = overridden ? value : defaultValue;
        if (value.Type != type && value.Type != ParameterType.NotSet && !descriptor.DynamicTyping)
            throw new ParameterException($"parameter '{name}' has invalid type: {WrongType(name, type, value)}");
        if (descriptor.FindFault(name, value) is { } fault)
            throw new ParameterException($"parameter '{name}' could not be set: {fault}");

        var parameter = new Parameter(name, value);
        lock (_gate)
        {
            if (_declared.ContainsKey(name))
                throw new ParameterException($"parameter '{name}' has already been declared");
            foreach (Func<IReadOnlyList<Parameter>, SetParametersResult> callback in _callbacks.ToArray())
            {
                SetParametersResult result = callback([parameter]);
                if (!result.Successful)
                    throw new ParameterException($"parameter '{name}' could not be set: {result.Reason}");
            }

            _declared.Add(name, new Declared(type, descriptor) { Value = value });
            if (value.Type != ParameterType.NotSet)
                Record(new ParameterChanges([parameter], [], []));
        }

        return value;
    }

    private static string WrongType(string name, ParameterType type, ParameterValue value) =>
        $"Wrong parameter type, parameter {{{name}}} is of type {{{ParameterValue.TypeName(type)}}}, setting it to {{{ParameterValue.TypeName(value.Type)}}} is not allowed. The value is '{value}'.";

    private string? FindFault(Parameter parameter)
    {
        (string name, ParameterValue value) = (parameter.Name, parameter.Value);
        if (string.IsNullOrEmpty(name))
            return "parameter name must not be empty";
        if (!_declared.TryGetValue(name, out Declared? declared))
            return _allowUndeclared ? null : $"parameter '{name}' cannot be set because it was not declared";
        if (declared.Descriptor.ReadOnly)
            return $"parameter '{name}' cannot be set because it is read-only";
        if (value.Type != declared.Type && !declared.Descriptor.DynamicTyping)
            return WrongType(name, declared.Type, value);
        return declared.Descriptor.FindFault(name, value);
    }

    private void Apply(Parameter parameter, ParameterChanges changes)
    {
        (string name, ParameterValue value) = (parameter.Name, parameter.Value);
        bool isDeclared = _declared.TryGetValue(name, out Declared? declared);
        if (value.Type == ParameterType.NotSet)
        {
            // Only dynamically typed and undeclared parameters come here: this removes them.
            if (isDeclared && _declared.Remove(name))
                changes.Deleted.Add(new Parameter(name, declared!.Value));
            return;
        }

        if (!isDeclared)
        {
            declared = new Declared(value.Type, new ParameterDescriptor { DynamicTyping = true });
            _declared.Add(name, declared);
        }

        (declared!.Value.Type == ParameterType.NotSet ? changes.New : changes.Changed).Add(parameter);
        declared.Value = value;
    }

    private void Record(ParameterChanges changes)
    {
        if (changes.New.Count + changes.Changed.Count + changes.Deleted.Count > 0)
            Recorded?.Invoke(changes);
    }

    private Declared Find(string name) => _declared.TryGetValue(name, out Declared? declared)
        ? declared
        : throw new ParameterException($"parameter '{name}' is not declared");

    private sealed class Declared(ParameterType type, ParameterDescriptor descriptor)
    {
        public ParameterType Type { get; } = type;

        public ParameterDescriptor Descriptor { get; } = descriptor;

        public ParameterValue Value { get; set; } = ParameterValue.NotSet;
    }

    private sealed class Registration(NodeParameters parameters, Func<IReadOnlyList<Parameter>, SetParametersResult> callback) : IDisposable
    {
        public void Dispose()
        {
            lock (parameters._gate)
                parameters._callbacks.Remove(callback);
        }
    }
}

/// <summary>One batch of changes.</summary>
internal sealed record ParameterChanges(List<Parameter> New, List<Parameter> Changed, List<Parameter> Deleted);
