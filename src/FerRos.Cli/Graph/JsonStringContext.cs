using System.Text.Json.Serialization;

namespace FerRos.Cli.Graph;

/// <summary>Escapes strings without reflection.</summary>
[JsonSerializable(typeof(string))]
internal sealed partial class JsonStringContext : JsonSerializerContext;
