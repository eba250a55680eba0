using System.Text.Json;
using FerRos.Interfaces.FerrosMsgs.Msg;
using FerRos.Interfaces.FerrosMsgs.Srv;
using FerRos.Interfaces.SensorMsgs.Msg;
using FerRos.Ros2;
using FerRos.Ros2.Json;
using FerRos.Tests.Oracle;
using Shouldly;
using Xunit;

namespace FerRos.Interfaces.Tests;

public class MessageTests
{
    [Fact]
    public void Equality_looks_into_lists_arrays_and_memory()
    {
        foreach (MessageDescriptor type in Known.Messages)
        {
            (IMessage a, _) = Known.Random(type, 1);
            (IMessage b, _) = Known.Random(type, 1);
            a.ShouldBe(b);
            a.GetHashCode().ShouldBe(b.GetHashCode());
            ReferenceEquals(a, b).ShouldBeFalse();
            if (type.Fields.Count > 0)
                Enumerable.Range(2, 5).ShouldContain(seed => !a.Equals(Known.Random(type, seed).Message), type.Name);
        }
    }

    [Fact]
    public void A_copy_is_independent_of_its_original()
    {
        var original = new FaceAffectArray { Classes = { "a" }, Faces = { new() { FaceId = "f1", Keypoints = { 1, 2 } } } };
        FaceAffectArray copy = original with { Model = "m" };
        copy.ShouldNotBe(original);
        original.Faces[0].Keypoints[0] = 9;
        original.Classes.Add("b");
        original.Header.FrameId = "x";
        copy.Faces[0].Keypoints.ShouldBe([1f, 2f]);
        copy.Classes.ShouldBe(["a"]);
        copy.Header.FrameId.ShouldBe("");
    }

    [Fact]
    public void Messages_read_and_write_their_own_JSON()
    {
        foreach (MessageDescriptor type in Known.Messages)
        {
            for (int seed = 0; seed < 5; seed++)
            {
                var json = new RandomJson(seed).Message(type);
                IMessage message = Exchange.FromJson(type, json);
                Exchange.ShouldBeSame(Exchange.ToJson(message), json, type);
            }
        }
    }

    [Fact]
    public void NaN_is_null_in_JSON_and_null_is_NaN()
    {
        var face = new FaceAffect { Arousal = float.NaN, Valence = float.PositiveInfinity };
        string json = MessageJson.ToString(face, JsonMessageOptions.All);
        json.ShouldContain("\"arousal\":null,\"valence\":null");
        var back = new FaceAffect { Arousal = 1 };
        MessageJson.Parse(json, back);
        back.Arousal.ShouldBe(float.NaN);
        back.Valence.ShouldBe(float.NaN);
    }

    [Fact]
    public void Pixels_can_be_left_out_and_small_octet_arrays_stay()
    {
        var picture = new Image { Data = new byte[100] };
        MessageJson.ToString(picture, JsonMessageOptions.WithoutData).ShouldContain("\"data\":\"<100 octets>\"");
        picture.ToString().ShouldContain("<100 octets>");
        MessageJson.ToString(new Image { Data = new byte[] { 1, 2 } }, JsonMessageOptions.WithoutData).ShouldContain("\"data\":[1,2]");
    }

    [Fact]
    public void Octets_are_understood_as_numbers_and_as_base64()
    {
        var picture = new Image();
        MessageJson.Parse("""{"data": [1, 2, 255]}""", picture);
        picture.Data.ToArray().ShouldBe([1, 2, 255]);
        MessageJson.Parse("""{"data": "AQL/"}""", picture);
        picture.Data.ToArray().ShouldBe([1, 2, 255]);
    }

    [Fact]
    public void JSON_sets_the_fields_it_names_and_leaves_the_others()
    {
        var request = new Adapt.Request { PersonId = "anna", Frames = 30 };
        MessageJson.Parse("""{"expression": "happiness", "timeout": {"sec": 5}}""", request);
        request.ShouldBe(new Adapt.Request { PersonId = "anna", Frames = 30, Expression = "happiness", Timeout = { Sec = 5 } });
    }

    [Theory]
    [InlineData("""{"header": {"frame": 1}}""", "header.frame", "stamp, frame_id")]
    [InlineData("""{"header": {"stamp": {"sec": "now"}}}""", "header.stamp.sec", "\"now\"")]
    [InlineData("""{"header": {"stamp": {"sec": 2147483648}}}""", "header.stamp.sec", "from -2147483648 to 2147483647")]
    [InlineData("""{"header": null}""", "header", "expected an object")]
    [InlineData("""{"faces": [{}, {"roi": {"width": -1}}]}""", "faces[1].roi.width", "-1")]
    [InlineData("""{"faces": [{"sequence_length": 256}]}""", "faces[0].sequence_length", "from 0 to 255")]
    [InlineData("""{"faces": [{"adapted": 1}]}""", "faces[0].adapted", "true or false")]
    [InlineData("""{"faces": [{"keypoints": [1, "x"]}]}""", "faces[0].keypoints[1]", "a number or null")]
    [InlineData("""{"faces": [{"arousal": 1e60}]}""", "faces[0].arousal", "float32")]
    [InlineData("""{"faces": 3}""", "faces", "an array")]
    [InlineData("""{"model": 3}""", "model", "a string")]
    public void JSON_that_does_not_fit_is_refused_with_the_field_and_the_value(string json, string field, string text)
    {
        var e = Should.Throw<MessageJsonException>(() => MessageJson.Parse(json, new FaceAffectArray()));
        e.Field.ShouldBe(field);
        e.Message.ShouldContain(text);
    }

    [Fact]
    public void Text_that_is_no_JSON_is_refused()
    {
        Should.Throw<MessageJsonException>(() => MessageJson.Parse("{", new Image())).Message.ShouldContain("not JSON");
        Should.Throw<MessageJsonException>(() => MessageJson.Parse("[]", new Image())).Message.ShouldContain("sensor_msgs/msg/Image");
        Should.Throw<MessageJsonException>(() => MessageJson.Parse("""{"k": [1]}""", new CameraInfo())).Message.ShouldContain("1 elements, its type has 9");
    }

    [Fact]
    public void Services_and_messages_are_found_by_name()
    {
        Known.Message("sensor_msgs/Image").ShouldBeSameAs(Image.MessageType);
        InterfaceRegistry.TryGetService("ferros_msgs/srv/Adapt", out ServiceDescriptor? service).ShouldBeTrue();
        service.Interface.ShouldBe(Adapt.Type.Interface);
        service.Request.Name.ShouldBe("ferros_msgs/srv/Adapt_Request");
        service.Event.Fields.Select(f => f.Name).ShouldBe(["info", "request", "response"]);
        service.Source.Text.ShouldContain("---");
        InterfaceRegistry.TryGetService("std_srvs/Trigger", out _).ShouldBeTrue();
        InterfaceRegistry.TryGetMessage("sensor_msgs/msg/Nothing", out _).ShouldBeFalse();
        InterfaceRegistry.ServiceNames.ShouldContain("rcl_interfaces/srv/SetParameters");
        Known.Message("std_srvs/srv/Trigger_Response").Create().ShouldBeOfType<StdSrvs.Srv.Trigger.Response>();
    }

    [Fact]
    public void A_description_shows_the_types_as_an_interface_file_writes_them()
    {
        FaceAffectArray.MessageType.Fields.Select(f => f.ToString()).ShouldBe(
            ["std_msgs/Header header", "string model", "string[] classes", "ferros_msgs/FaceAffect[] faces", "builtin_interfaces/Duration latency"]);
        FaceAffectArray.MessageType.ReferencedTypes.Select(t => t.Name).ShouldBe(
            ["builtin_interfaces/msg/Duration", "builtin_interfaces/msg/Time", "ferros_msgs/msg/FaceAffect", "sensor_msgs/msg/RegionOfInterest", "std_msgs/msg/Header"]);
        Known.Message("rmw_dds_common/msg/NodeEntitiesInfo").Fields[0].ToString().ShouldBe("string<=256 node_namespace");
        Known.Message("rcl_interfaces/msg/ParameterDescriptor").Fields[^1].ToString().ShouldBe("rcl_interfaces/IntegerRange[<=1] integer_range");
        AdaptationStatus.MessageType.Constants[4].ToString().ShouldBe("uint8 FAILED=4");
        AdaptationStatus.Failed.ShouldBe((byte)4);
    }

    [Fact]
    public void The_messages_of_people_have_the_constants_that_ROS4HRI_names()
    {
        HriMsgs.Msg.Expression.MessageType.Constants.Count.ShouldBe(25);
        HriMsgs.Msg.Expression.Scared.ShouldBe("scared");
        HriMsgs.Msg.FacialLandmarks.MessageType.Constants.Count.ShouldBe(70);
        HriMsgs.Msg.FacialLandmarks.RightPupil.ShouldBe((byte)68);
        HriMsgs.Msg.FacialLandmarks.MouthInnerTop3.ShouldBe((byte)63);
        new HriMsgs.Msg.FacialLandmarks().Landmarks.Length.ShouldBe(70);
        HriMsgs.Msg.FacialActionUnits.MessageType.Constants.Count.ShouldBe(76);
        HriMsgs.Msg.IdsMatch.Voice.ShouldBe((sbyte)4);
    }
}
