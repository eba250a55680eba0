using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace FerRos.Inference.Benchmarks;

/// <summary>
/// ONNX Runtime through its C interface (onnxruntime_c_api.h: a table of functions whose order never changes), so that
/// it runs in this process, in turns with ours.
/// </summary>
internal sealed unsafe class OnnxRuntime : IDisposable
{
    /// <summary>The version of the table that is asked for: functions up to here are the same in all later releases.</summary>
    private const uint ApiVersion = 18;

    private enum Function
    {
        GetErrorMessage = 2,
        CreateEnv = 3,
        CreateSessionFromArray = 8,
        Run = 9,
        CreateSessionOptions = 10,
        SetGraphOptimizationLevel = 23,
        SetIntraOpThreads = 24,
        CreateTensorWithData = 49,
        CreateCpuMemoryInfo = 69,
        ReleaseStatus = 93,
        ReleaseSession = 95,
        ReleaseValue = 96,
        ReleaseSessionOptions = 100,
    }

    private static void** _api;
    private static void* _environment;
    private static void* _memory;

    private readonly void* _session;
    private readonly nint _inputValue;
    private readonly nint[] _outputValues;
    private readonly nint _input;
    private readonly int _inputLength;
    private readonly (string Name, nint Data, int Length)[] _outputs;
    private readonly nint[] _names;

    /// <summary>Loads a model.</summary>
    /// <param name="model">The ONNX file's bytes.</param>
    /// <param name="threads">Threads of a run.</param>
    /// <param name="inputName">Name of the input.</param>
    /// <param name="inputShape">Axes of the input, the batch included.</param>
    /// <param name="outputs">Names and lengths of the outputs.</param>
    public OnnxRuntime(byte[] model, int threads, string inputName, long[] inputShape, IReadOnlyList<(string Name, long[] Shape)> outputs)
    {
        Open();
        void* options;
        Check(((delegate* unmanaged<void**, void*>)Api(Function.CreateSessionOptions))(&options));
        const int AllOptimizations = 99;
        Check(((delegate* unmanaged<void*, int, void*>)Api(Function.SetGraphOptimizationLevel))(options, AllOptimizations));
        Check(((delegate* unmanaged<void*, int, void*>)Api(Function.SetIntraOpThreads))(options, threads));
        void* session;
        fixed (byte* bytes = model)
        {
            Check(((delegate* unmanaged<void*, void*, nuint, void*, void**, void*>)Api(Function.CreateSessionFromArray))(
                _environment, bytes, (nuint)model.Length, options, &session));
        }

        _session = session;
        ((delegate* unmanaged<void*, void>)Api(Function.ReleaseSessionOptions))(options);

        (_inputValue, _input, _inputLength) = Tensor(inputShape);
        _outputs = new (string, nint, int)[outputs.Count];
        _outputValues = new nint[outputs.Count];
        for (var i = 0; i < outputs.Count; i++)
        {
            var (value, data, length) = Tensor(outputs[i].Shape);
            _outputValues[i] = value;
            _outputs[i] = (outputs[i].Name, data, length);
        }

        _names = [.. outputs.Select(o => Marshal.StringToCoTaskMemUTF8(o.Name)), Marshal.StringToCoTaskMemUTF8(inputName)];
    }

    /// <summary>Where the library is: FERROS_ORT, or what the script beside this file has fetched; null: nowhere.</summary>
    public static string? FindLibrary()
    {
        if (Environment.GetEnvironmentVariable("FERROS_ORT") is { Length: > 0 } named)
            return File.Exists(named) ? named : null;
        var folder = Path.Combine(Path.GetDirectoryName(ThisFile())!, "node_modules", "onnxruntime-node", "bin");
        var architecture = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "arm64" : "x64";
        return Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, "libonnxruntime.so.1", SearchOption.AllDirectories)
                .FirstOrDefault(f => f.Contains($"linux/{architecture}", StringComparison.Ordinal))
            : null;
    }

    public void Run(ReadOnlySpan<float> input)
    {
        if (input.Length != _inputLength)
            throw new ArgumentException($"{_inputLength} values are needed, not {input.Length}", nameof(input));
        input.CopyTo(new Span<float>((void*)_input, _inputLength));
        var inputValue = (void*)_inputValue;
        fixed (nint* names = _names)
        fixed (nint* outputs = _outputValues)
        {
            var inputName = (byte*)names[_names.Length - 1];
            Check(((delegate* unmanaged<void*, void*, byte**, void**, nuint, byte**, nuint, void**, void*>)Api(Function.Run))(
                _session, null, &inputName, &inputValue, 1, (byte**)names, (nuint)_outputs.Length, (void**)outputs));
        }
    }

    public ReadOnlySpan<float> Output(string name)
    {
        var (_, data, length) = Array.Find(_outputs, o => o.Name == name);
        return new ReadOnlySpan<float>((void*)data, length);
    }

    public void Dispose()
    {
        ((delegate* unmanaged<void*, void>)Api(Function.ReleaseValue))((void*)_inputValue);
        NativeMemory.AlignedFree((void*)_input);
        for (var i = 0; i < _outputs.Length; i++)
        {
            ((delegate* unmanaged<void*, void>)Api(Function.ReleaseValue))((void*)_outputValues[i]);
            NativeMemory.AlignedFree((void*)_outputs[i].Data);
        }

        ((delegate* unmanaged<void*, void>)Api(Function.ReleaseSession))(_session);
        foreach (var name in _names)
            Marshal.FreeCoTaskMem(name);
    }

    private static void Open()
    {
        if (_api != null)
            return;
        var library = NativeLibrary.Load(FindLibrary() ?? throw new FileNotFoundException("libonnxruntime.so is not there; run get-onnxruntime.sh or set FERROS_ORT"));
        var bases = (void**)((delegate* unmanaged<void*>)NativeLibrary.GetExport(library, "OrtGetApiBase"))();
        _api = (void**)((delegate* unmanaged<uint, void*>)bases[0])(ApiVersion);
        void* environment, memory;
        var logName = Encoding.UTF8.GetBytes("ferros\0");
        fixed (byte* log = logName)
        {
            const int OnlyErrors = 3;
            Check(((delegate* unmanaged<int, byte*, void**, void*>)Api(Function.CreateEnv))(OnlyErrors, log, &environment));
        }

        const int ArenaAllocator = 1, DefaultMemory = 0;
        Check(((delegate* unmanaged<int, int, void**, void*>)Api(Function.CreateCpuMemoryInfo))(ArenaAllocator, DefaultMemory, &memory));
        _environment = environment;
        _memory = memory;
    }

    private static (nint Value, nint Data, int Length) Tensor(long[] shape)
    {
        const int FloatType = 1;
        var length = (int)shape.Aggregate(1L, (product, n) => product * n);
        var data = NativeMemory.AlignedAlloc((nuint)length * sizeof(float), 64);
        NativeMemory.Clear(data, (nuint)length * sizeof(float));
        void* value;
        fixed (long* axes = shape)
        {
            Check(((delegate* unmanaged<void*, void*, nuint, long*, nuint, int, void**, void*>)Api(Function.CreateTensorWithData))(
                _memory, data, (nuint)length * sizeof(float), axes, (nuint)shape.Length, FloatType, &value));
        }

        return ((nint)value, (nint)data, length);
    }

    private static void* Api(Function function) => _api[(int)function];

    private static void Check(void* status)
    {
        if (status == null)
            return;
        var message = Marshal.PtrToStringUTF8((nint)((delegate* unmanaged<void*, byte*>)Api(Function.GetErrorMessage))(status));
        ((delegate* unmanaged<void*, void>)Api(Function.ReleaseStatus))(status);
        throw new InvalidOperationException($"ONNX Runtime: {message}");
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
