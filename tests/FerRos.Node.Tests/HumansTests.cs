using System.Collections.Concurrent;
using FerRos.Interfaces.FerrosMsgs.Msg;
using FerRos.Interfaces.HriMsgs.Msg;
using FerRos.Node.Tests.Support;
using FerRos.Ros2;
using Image = FerRos.Interfaces.SensorMsgs.Msg.Image;
using StringMessage = FerRos.Interfaces.StdMsgs.Msg.String;

namespace FerRos.Node.Tests;

/// <summary>ROS4HRI over DDS: the node beside a camera and a listener.</summary>
public class HumansTests
{
    private static readonly QosProfile Newest = QosProfile.Default with { Depth = 1 };

    [Fact]
    public async Task A_face_in_view_is_listed_with_region_crops_and_expression()
    {
        await using var stage = await Stage.Begin("-p", "track_timeout:=60.0");
        var (_, tracked) = stage.Hear<IdsList>("/humans/faces/tracked", Newest);
        await stage.Show(Stage.Portrait, () => tracked.Any(list => list.Ids.Count > 0), "a face on the list");
        var id = tracked.Last(list => list.Ids.Count > 0).Ids.ShouldHaveSingleItem();

        var prefix = $"/humans/faces/{id}/";
        var (_, regions) = stage.Hear<NormalizedRegionOfInterest2D>(prefix + "roi", Newest);
        var (_, cropped) = stage.Hear<Image>(prefix + "cropped", Newest);
        var (_, aligned) = stage.Hear<Image>(prefix + "aligned", Newest);
        var (_, expressions) = stage.Hear<Expression>(prefix + "expression");
        await stage.Show(
            Stage.Portrait,
            () => !regions.IsEmpty && !cropped.IsEmpty && !aligned.IsEmpty && expressions.Any(e => stage.Affect.Any(a => a.Header.Equals(e.Header))),
            "the face's topics");

        foreach (var crop in new[] { cropped.First(), aligned.First() })
        {
            (crop.Width, crop.Height, crop.Step, crop.Encoding, crop.Data.Length).ShouldBe((128u, 128u, 384u, "bgr8", 128 * 384));
            crop.Header.FrameId.ShouldBe("camera_optical");
        }

        // The astronaut's face takes up the middle of the upper half; her crop is mostly skin: red above blue.
        var region = regions.First();
        region.Header.FrameId.ShouldBe("camera_optical");
        region.Xmin.ShouldBeInRange(0.25f, 0.42f);
        region.Xmax.ShouldBeInRange(0.45f, 0.62f);
        region.Ymin.ShouldBeInRange(0.08f, 0.28f);
        region.Ymax.ShouldBeInRange(0.3f, 0.5f);
        region.C.ShouldBeInRange(0.5f, 1);
        var pixels = aligned.First().Data.ToArray();
        pixels.Where((_, i) => i % 3 == 2).Average(v => v).ShouldBeGreaterThan(pixels.Where((_, i) => i % 3 == 0).Average(v => v) + 10);

        var expression = expressions.First(e => stage.Affect.Any(a => a.Header.Equals(e.Header)));
        var face = stage.Affect.First(a => a.Header.Equals(expression.Header)).Faces.ShouldHaveSingleItem();
        expression.ExpressionValue.ShouldBe(Expressions.ToRos4Hri(face.Expression));
        expression.ExpressionValue.ShouldBe(Expression.Happy);
        expression.Confidence.ShouldBe(face.Confidence);
        (expression.Valence, expression.Arousal).ShouldBe((face.Valence, face.Arousal));
        expression.Valence.ShouldBeInRange(0.2f, 1);

        foreach (var topic in new[] { "/humans/faces/tracked", prefix + "roi", prefix + "cropped", prefix + "aligned", prefix + "expression" })
        {
            var publisher = stage.Peer.GetPublishers(topic).ShouldHaveSingleItem();
            publisher.Qos.Reliability.ShouldBe(QosReliability.Reliable, topic);
            publisher.Qos.Durability.ShouldBe(QosDurability.Volatile, topic);
        }
    }

    [Fact]
    public async Task A_face_that_leaves_is_taken_off_the_list_and_its_topics_out_of_the_graph()
    {
        await using var stage = await Stage.Begin("-p", "track_timeout:=0.2");
        var (_, tracked) = stage.Hear<IdsList>("/humans/faces/tracked", Newest);
        await stage.Show(Stage.Portrait, () => tracked.Any(list => list.Ids.Count > 0), "a face on the list");
        var topic = $"/humans/faces/{tracked.Last(list => list.Ids.Count > 0).Ids[0]}/expression";
        await Stage.Until(() => stage.Peer.GetPublishers(topic).Count == 1, "the face's topic");

        await stage.Show(Stage.Empty, () => tracked.Last().Ids.Count == 0 && stage.Peer.GetPublishers(topic).Count == 0, "the face to be gone");

        // Its affect is empty too, and the node goes on.
        await Stage.Until(() => stage.Affect.Last().Faces.Count == 0, "an empty array");
        stage.Lifetime.IsStopping.ShouldBeFalse();
    }

    [Fact]
    public async Task Publish_humans_switches_the_topics_off_and_on_while_the_node_runs()
    {
        await using var stage = await Stage.Begin();
        var (_, tracked) = stage.Hear<IdsList>("/humans/faces/tracked", Newest);
        await stage.Show(Stage.Portrait, () => tracked.Any(list => list.Ids.Count > 0), "a face on the list");

        (await stage.Set("publish_humans", false)).Successful.ShouldBeTrue();
        await Stage.Until(() => stage.Peer.GetPublishers("/humans/faces/tracked").Count == 0, "the list to be gone, without another picture");
        await Stage.Until(() => tracked.Last().Ids.Count == 0, "an empty list");

        (await stage.Set("publish_humans", true)).Successful.ShouldBeTrue();
        tracked.Clear();
        await stage.Show(Stage.Portrait, () => tracked.Any(list => list.Ids.Count > 0), "the face to be back");
    }

    [Fact]
    public async Task A_deactivated_node_leaves_no_face_behind()
    {
        await using var stage = await Stage.Begin();
        var (_, tracked) = stage.Hear<IdsList>("/humans/faces/tracked", Newest);
        await stage.Show(Stage.Portrait, () => tracked.Any(list => list.Ids.Count > 0), "a face on the list");

        var change = new Interfaces.LifecycleMsgs.Srv.ChangeState.Request();
        change.Transition.Label = "deactivate";
        (await stage.Call(Interfaces.LifecycleMsgs.Srv.ChangeState.Type, "/ferros/change_state", change)).Success.ShouldBeTrue();

        await Stage.Until(() => tracked.Last().Ids.Count == 0, "an empty list");
        await Stage.Until(() => !stage.Peer.GetTopicNamesAndTypes().Any(topic => topic.Name.EndsWith("/expression", StringComparison.Ordinal)), "the topics to be gone");
    }

    [Fact]
    public async Task The_person_manager_and_the_identifier_say_whose_face_it_is()
    {
        await using var stage = await Stage.Begin("-p", "track_timeout:=60.0");
        await stage.Show(Stage.Portrait, () => stage.Affect.Any(a => a.Faces.Count > 0), "a face");
        var id = stage.Affect.Last(a => a.Faces.Count > 0).Faces[0].FaceId;
        stage.Affect.Last(a => a.Faces.Count > 0).Faces[0].PersonId.ShouldBe("");

        // Latched, and published before the node knows of the person.
        var latched = Newest with { Durability = QosDurability.TransientLocal };
        var faceId = stage.Peer.CreatePublisher<StringMessage>("/humans/persons/ana/face_id", latched);
        faceId.Publish(new StringMessage { Data = id });
        await stage.Show(Stage.Portrait, () => Person(stage) == "ana", "the person manager's word to be heard");

        faceId.Publish(new StringMessage { Data = "" });
        await stage.Show(Stage.Portrait, () => Person(stage).Length == 0, "the face to be nobody's");

        var matches = stage.Peer.CreatePublisher<IdsMatch>("/humans/candidate_matches");
        await Stage.Until(() => matches.SubscriptionCount > 0, "the node to listen to matches");
        matches.Publish(new IdsMatch { Id1 = id, Id1Type = IdsMatch.Face, Id2 = "ben", Id2Type = IdsMatch.Person, Confidence = 0.8f });
        await stage.Show(Stage.Portrait, () => Person(stage) == "ben", "the identifier's guess to be heard");
        matches.Publish(new IdsMatch { Id1 = "ben", Id1Type = IdsMatch.Person, Id2 = id, Id2Type = IdsMatch.Face, Confidence = 0 });
        await stage.Show(Stage.Portrait, () => Person(stage).Length == 0, "the guess to be taken back");
    }

    [Fact]
    public async Task A_guess_on_a_face_that_has_gone_does_not_keep_the_person_from_the_next_face()
    {
        await using var stage = await Stage.Begin("-p", "track_timeout:=0.5");
        await stage.Show(Stage.Portrait, () => stage.Affect.Any(a => a.Faces.Count > 0), "a face");
        var first = stage.Affect.Last(a => a.Faces.Count > 0).Faces[0].FaceId;
        var matches = stage.Peer.CreatePublisher<IdsMatch>("/humans/candidate_matches");
        await Stage.Until(() => matches.SubscriptionCount > 0, "the node to listen to matches");
        matches.Publish(new IdsMatch { Id1 = first, Id1Type = IdsMatch.Face, Id2 = "ben", Id2Type = IdsMatch.Person, Confidence = 0.9f });
        await stage.Show(Stage.Portrait, () => Person(stage) == "ben", "the guess to be heard");

        await stage.Show(Stage.Empty, () => stage.Affect.Last().Faces.Count == 0, "the face to leave", atLeast: 30);
        await stage.Show(Stage.Portrait, () => stage.Affect.Last().Faces.Count > 0, "a face");
        var second = stage.Affect.Last(a => a.Faces.Count > 0).Faces[0].FaceId;
        second.ShouldNotBe(first);
        Person(stage).ShouldBe("");
        // Less sure than of the first, which is no longer there.
        matches.Publish(new IdsMatch { Id1 = second, Id1Type = IdsMatch.Face, Id2 = "ben", Id2Type = IdsMatch.Person, Confidence = 0.6f });
        await stage.Show(Stage.Portrait, () => Person(stage) == "ben", "the guess on the new face to be heard");
    }

    /// <summary>A person manager that ends takes its word with it.</summary>
    [Fact]
    public async Task A_person_who_is_no_longer_published_has_no_face()
    {
        await using var stage = await Stage.Begin("-p", "track_timeout:=60.0");
        await stage.Show(Stage.Portrait, () => stage.Affect.Any(a => a.Faces.Count > 0), "a face");
        var id = stage.Affect.Last(a => a.Faces.Count > 0).Faces[0].FaceId;
        var faceId = stage.Peer.CreatePublisher<StringMessage>("/humans/persons/ana/face_id", Newest with { Durability = QosDurability.TransientLocal });
        faceId.Publish(new StringMessage { Data = id });
        await stage.Show(Stage.Portrait, () => Person(stage) == "ana", "the person manager's word to be heard");
        await faceId.DisposeAsync();
        await stage.Show(Stage.Portrait, () => Person(stage).Length == 0, "the face to be nobody's");
    }

    [Theory]
    [InlineData("aligned")]
    [InlineData("cropped")]
    public async Task On_another_detectors_faces_the_node_publishes_expression_and_affect_alone(string crop)
    {
        await using var stage = await Stage.Begin("-p", "input:=humans");
        var tracked = stage.Peer.CreatePublisher<IdsList>("/humans/faces/tracked", Newest);
        var pictures = stage.Peer.CreatePublisher<Image>($"/humans/faces/abcde/{crop}", Newest);
        var (_, expressions) = stage.Hear<Expression>("/humans/faces/abcde/expression");
        var face = Crop(Stage.Portrait, 160, 60, 128);

        var list = new IdsList { Ids = ["abcde"] };
        await Repeat(
            stage,
            () =>
            {
                var stamp = stage.NextStamp();
                new RosTime(stamp).WriteTo(list.Header.Stamp);
                tracked.Publish(list);
                pictures.Publish(Stage.Message(face, stamp, "head_camera"));
            },
            () => expressions.Count >= 3 && stage.Affect.Count >= 3,
            "estimates");

        var affect = stage.Affect.Last();
        affect.Header.FrameId.ShouldBe("head_camera");
        var estimate = affect.Faces.ShouldHaveSingleItem();
        (estimate.FaceId, estimate.Expression).ShouldBe(("abcde", "happiness"));
        estimate.Roi.Width.ShouldBe(0u);
        estimate.Keypoints.ShouldBeEmpty();
        expressions.Last().ExpressionValue.ShouldBe(Expression.Happy);
        expressions.Last().Header.FrameId.ShouldBe("head_camera");
        stage.Peer.GetTopicNamesAndTypes().ShouldNotContain(topic => topic.Name == "/humans/faces/abcde/roi");
        stage.Peer.GetPublishers("/humans/faces/tracked").ShouldHaveSingleItem().Node.Name.ShouldBe("peer");

        // The face leaves: one empty array, and no topic of it.
        list.Ids.Clear();
        await Repeat(
            stage,
            () => tracked.Publish(list),
            () => stage.Affect.Last().Faces.Count == 0 && stage.Peer.GetPublishers("/humans/faces/abcde/expression").Count == 0,
            "the face to be gone");
        stage.Lifetime.IsStopping.ShouldBeFalse();
    }

    [Fact]
    public async Task Another_detectors_illegal_ids_and_pictures_are_left_out()
    {
        await using var stage = await Stage.Begin("-p", "input:=humans");
        var tracked = stage.Peer.CreatePublisher<IdsList>("/humans/faces/tracked", Newest);
        var pictures = stage.Peer.CreatePublisher<Image>("/humans/faces/good/aligned", Newest);
        var face = Crop(Stage.Portrait, 160, 60, 128);
        var list = new IdsList { Ids = ["not an id", "1", "", "good"] };
        var count = 0;
        await Repeat(
            stage,
            () =>
            {
                tracked.Publish(list);
                var picture = Stage.Message(face, stage.NextStamp());
                if (count++ % 2 == 0) picture.Step = 1;
                pictures.Publish(picture);
            },
            () => stage.Affect.Any(a => a.Faces.Count > 0),
            "an estimate");

        stage.Affect.Last(a => a.Faces.Count > 0).Faces.ShouldHaveSingleItem().FaceId.ShouldBe("good");
        stage.Log.Warnings.ShouldContain(line => line.Contains("not an id", StringComparison.Ordinal));
        stage.Lifetime.IsStopping.ShouldBeFalse();
    }

    private static string Person(Stage stage) => stage.Affect.LastOrDefault(a => a.Faces.Count > 0)?.Faces[0].PersonId ?? "";

    private static Picture Crop(Picture picture, int left, int top, int size)
    {
        var pixels = new byte[size * size * 3];
        for (var y = 0; y < size; y++)
            picture.Pixels.AsSpan((((top + y) * picture.Width) + left) * 3, size * 3).CopyTo(pixels.AsSpan(y * size * 3));
        return new Picture(size, size, 3, pixels);
    }

    private static Task Repeat(Stage stage, Action action, Func<bool> until, string what) => stage.Repeat(
        async _ =>
        {
            action();
            await Task.Delay(40, TestContext.Current.CancellationToken);
        },
        until,
        what);
}
