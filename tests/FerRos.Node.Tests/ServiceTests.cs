using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using FerRos.Interfaces.FerrosMsgs.Msg;
using FerRos.Interfaces.RclInterfaces.Msg;
using FerRos.Interfaces.RclInterfaces.Srv;
using FerRos.Interfaces.StdSrvs.Srv;
using FerRos.Interfaces.TypeDescriptionInterfaces.Msg;
using FerRos.Interfaces.TypeDescriptionInterfaces.Srv;
using FerRos.Node.Tests.Support;
using Serilog.Events;
using Image = FerRos.Interfaces.SensorMsgs.Msg.Image;

namespace FerRos.Node.Tests;

public class ServiceTests
{
    [Fact]
    public async Task Logger_levels_are_read_and_set_by_name()
    {
        await using var stage = await Stage.Begin();
        (await Level(stage, "ferros")).ShouldBe((uint)LoggerLevel.LogLevelUnknown);

        (await SetLevel(stage, "ferros", LoggerLevel.LogLevelDebug)).Successful.ShouldBeTrue();
        (await Level(stage, "ferros")).ShouldBe((uint)LoggerLevel.LogLevelDebug);
        stage.Levels.Effective("ferros.perception").ShouldBe(LogEventLevel.Debug);

        var refused = await SetLevel(stage, "ferros", 35);
        refused.Successful.ShouldBeFalse();
        refused.Reason.ShouldContain("35 is not a log level");
        (await Level(stage, "ferros")).ShouldBe((uint)LoggerLevel.LogLevelDebug);

        (await SetLevel(stage, "ferros", LoggerLevel.LogLevelUnknown)).Successful.ShouldBeTrue();
        stage.Levels.Effective("ferros").ShouldBe(LogEventLevel.Information);
    }

    [Fact]
    public async Task Described_types_have_the_hashes_that_the_descriptions_give()
    {
        await using var stage = await Stage.Begin();
        await stage.Camera();
        foreach (var (name, hash) in new[]
        {
            (Image.MessageType.Name, Image.MessageType.TypeHash),
            (FaceAffectArray.MessageType.Name, FaceAffectArray.MessageType.TypeHash),
            (Trigger.Type.Descriptor.Name, Trigger.Type.Descriptor.TypeHash),
            (GetParameters.Type.Descriptor.Name, GetParameters.Type.Descriptor.TypeHash),
        })
        {
            var answer = await Describe(stage, name, hash);

            answer.FailureReason.ShouldBe("");
            answer.Successful.ShouldBeTrue();
            Hash(answer.TypeDescription).ShouldBe(hash, name);
            answer.TypeSources.Select(source => source.TypeName).ShouldContain(name);
            answer.TypeSources[0].RawFileContents.ShouldNotBeEmpty();
        }
    }

    [Fact]
    public async Task Types_that_the_node_does_not_use_are_not_described()
    {
        await using var stage = await Stage.Begin();
        var unused = Interfaces.HriMsgs.Msg.Gaze.MessageType;
        var unusedAnswer = await Describe(stage, unused.Name, unused.TypeHash);
        unusedAnswer.Successful.ShouldBeFalse();
        unusedAnswer.FailureReason.ShouldContain("not currently in use");

        (await Describe(stage, "std_msgs/msg/String", "nonsense")).FailureReason.ShouldContain("nonsense");
        (await Describe(stage, "std_msgs/msg/String", FaceAffectArray.MessageType.TypeHash)).Successful.ShouldBeFalse();
    }

    [Fact]
    public async Task Reset_starts_tracks_afresh()
    {
        await using var stage = await Stage.Begin("-p", "track_timeout:=60.0");
        await stage.Show(Stage.Portrait, () => stage.Affect.Any(a => a.Faces.Count == 1), "a face");
        var id = stage.Affect.Last(a => a.Faces.Count == 1).Faces[0].FaceId;

        (await stage.Call(Trigger.Type, "/ferros/reset", new Trigger.Request())).Success.ShouldBeTrue();
        await stage.Show(Stage.Portrait, () => stage.Affect.Last().Faces is [var face] && face.FaceId != id, "the face under another id");
    }

    private static Task<GetTypeDescription.Response> Describe(Stage stage, string name, string hash) => stage.Call(
        GetTypeDescription.Type, "/ferros/get_type_description", new GetTypeDescription.Request { TypeName = name, TypeHash = hash, IncludeTypeSources = true });

    private static async Task<uint> Level(Stage stage, string logger) =>
        (await stage.Call(GetLoggerLevels.Type, "/ferros/get_logger_levels", new GetLoggerLevels.Request { Names = [logger] })).Levels.ShouldHaveSingleItem().Level;

    private static async Task<SetLoggerLevelsResult> SetLevel(Stage stage, string logger, uint level) =>
        (await stage.Call(SetLoggerLevels.Type, "/ferros/set_logger_levels", new SetLoggerLevels.Request { Levels = [new LoggerLevel { Name = logger, Level = level }] })).Results.ShouldHaveSingleItem();

    /// <summary>REP-2011: SHA-256 over the description as JSON, defaults left out.</summary>
    private static string Hash(TypeDescription description)
    {
        var json = $"{{\"type_description\": {Json(description.TypeDescriptionValue)}, \"referenced_type_descriptions\": [{string.Join(", ", description.ReferencedTypeDescriptions.Select(Json))}]}}";
        return "RIHS01_" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(json)));

        static string Json(IndividualTypeDescription type) =>
            $"{{\"type_name\": \"{type.TypeName}\", \"fields\": [{string.Join(", ", type.Fields.Select(Field))}]}}";

        static string Field(Interfaces.TypeDescriptionInterfaces.Msg.Field field) => string.Create(
            CultureInfo.InvariantCulture,
            $"{{\"name\": \"{field.Name}\", \"type\": {{\"type_id\": {field.Type.TypeId}, \"capacity\": {field.Type.Capacity}, \"string_capacity\": {field.Type.StringCapacity}, \"nested_type_name\": \"{field.Type.NestedTypeName}\"}}}}");
    }
}
