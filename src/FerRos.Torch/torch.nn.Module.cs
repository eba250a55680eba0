using FerRos.Torch.Native;

namespace FerRos.Torch;

public static partial class torch
{
    /// <summary>Modules, their parameters, and layers as functions.</summary>
    public static partial class nn
    {
        /// <summary>A tensor that training changes. Belongs to its module, never to a scope.</summary>
        public sealed class Parameter : Tensor
        {
            /// <summary>Takes the values of a tensor, which may be disposed afterwards.</summary>
            /// <param name="data">The first values.</param>
            /// <param name="requires_grad">Whether gradients are collected; false freezes it.</param>
            public Parameter(Tensor data, bool requires_grad = true)
                : base(Detached(data))
            {
                DetachFromDisposeScope();
                this.requires_grad = requires_grad;
            }

            private static TensorHandle Detached(Tensor data)
            {
                ArgumentNullException.ThrowIfNull(data);
                NativeTorch.Check(NativeTorch.ferros_torch_detach(data.Handle, out var handle));
                return handle;
            }
        }

        /// <summary>Something with parameters: register them, and compute in a method of its own.</summary>
        public abstract class Module : IDisposable
        {
            private readonly List<(string Name, Parameter Value)> _parameters = [];
            private readonly List<(string Name, Tensor Value)> _buffers = [];
            private readonly List<(string Name, Module Value)> _modules = [];

            /// <summary>A module of this name, for messages.</summary>
            protected Module(string name) => Name = name;

            /// <summary>The module's name.</summary>
            public string Name { get; }

            /// <summary>Whether it trains: dropout drops, batch normalisation uses the batch's statistics.</summary>
            public bool training { get; private set; } = true;

            /// <summary>All parameters, those of inner modules included, with their names (<c>inner.weight</c>).</summary>
            public IEnumerable<(string name, Parameter parameter)> named_parameters() =>
                _parameters.Concat(_modules.SelectMany(m => m.Value.named_parameters().Select(p => (m.Name + "." + p.name, p.parameter))));

            /// <summary>All parameters, those of inner modules included.</summary>
            public IEnumerable<Parameter> parameters() => named_parameters().Select(p => p.parameter);

            /// <summary>All tensors that belong to the module without being trained, such as running statistics.</summary>
            public IEnumerable<(string name, Tensor buffer)> named_buffers() =>
                _buffers.Concat(_modules.SelectMany(m => m.Value.named_buffers().Select(b => (m.Name + "." + b.name, b.buffer))));

            /// <summary>Parameters and buffers by name.</summary>
            public Dictionary<string, Tensor> state_dict() =>
                named_parameters().Select(p => (p.name, buffer: (Tensor)p.parameter)).Concat(named_buffers())
                    .ToDictionary(p => p.name, p => p.buffer, StringComparer.Ordinal);

            /// <summary>Copies values into parameters and buffers.</summary>
            /// <exception cref="TorchException">A name is missing or unknown, or a shape is another.</exception>
            public void load_state_dict(IReadOnlyDictionary<string, Tensor> state)
            {
                ArgumentNullException.ThrowIfNull(state);
                var own = state_dict();
                if (own.Keys.FirstOrDefault(k => !state.ContainsKey(k)) is { } missing)
                    throw new TorchException($"'{Name}' needs '{missing}', which the state lacks");
                if (state.Keys.FirstOrDefault(k => !own.ContainsKey(k)) is { } unknown)
                    throw new TorchException($"'{Name}' has no '{unknown}'");
                using var none = no_grad();
                foreach (var (name, target) in own)
                {
                    if (!target.shape.AsSpan().SequenceEqual(state[name].shape))
                        throw new TorchException($"'{name}' of '{Name}' is {target}, the state has {state[name]}");
                    target.copy_(state[name]);
                }
            }

            /// <summary>Switches between training and inference.</summary>
            public void train(bool on = true)
            {
                training = on;
                foreach (var (_, module) in _modules)
                    module.train(on);
            }

            /// <summary>Switches to inference.</summary>
            public void eval() => train(false);

            /// <summary>Forgets all gradients.</summary>
            public void zero_grad()
            {
                foreach (var parameter in parameters())
                    parameter.set_grad(null);
            }

            /// <summary>Disposes all parameters, buffers and inner modules.</summary>
            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            /// <summary>Disposes all parameters, buffers and inner modules.</summary>
            protected virtual void Dispose(bool disposing)
            {
                if (!disposing)
                    return;
                foreach (var (_, parameter) in _parameters)
                    parameter.Dispose();
                foreach (var (_, buffer) in _buffers)
                    buffer.Dispose();
                foreach (var (_, module) in _modules)
                    module.Dispose();
            }

            /// <summary>Makes a parameter part of the module.</summary>
            protected Parameter register_parameter(string name, Parameter parameter)
            {
                _parameters.Add((name, parameter));
                return parameter;
            }

            /// <summary>Makes a tensor part of the module that is saved but not trained.</summary>
            protected Tensor register_buffer(string name, Tensor tensor)
            {
                ArgumentNullException.ThrowIfNull(tensor);
                _buffers.Add((name, tensor.DetachFromDisposeScope()));
                return tensor;
            }

            /// <summary>Makes another module part of this one.</summary>
            protected TModule register_module<TModule>(string name, TModule module)
                where TModule : Module
            {
                _modules.Add((name, module));
                return module;
            }
        }

        /// <summary>A module that computes one thing from another.</summary>
        public abstract class Module<T, TResult> : Module
        {
            /// <summary>A module of this name.</summary>
            protected Module(string name)
                : base(name)
            {
            }

            /// <summary>Computes.</summary>
            public abstract TResult forward(T input);

            /// <summary>Computes, as TorchSharp calls it.</summary>
            public TResult call(T input) => forward(input);
        }
    }
}
