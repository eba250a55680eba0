using FerRos.Interfaces.FerrosMsgs.Msg;
using FerRos.Interfaces.FerrosMsgs.Srv;
using FerRos.Interfaces.HriPrivacyMsgs.Msg;
using FerRos.Interfaces.LifecycleMsgs.Srv;
using FerRos.Interfaces.StdSrvs.Srv;
using FerRos.Node.Tests.Support;
using FerRos.Ros2;

namespace FerRos.Node.Tests;

/// <summary>The services around persons, over DDS, with the shipped network and real profiles.</summary>
public sealed class AdaptationServiceTests : IDisposable
{
    /// <summary>Also what was said while the machine had no time to listen.</summary>
    private static readonly QosProfile EveryStatus = AdaptationServices.Latched with { Depth = 1000 };

    private readonly string _profiles = Path.Combine(Path.GetTempPath(), "ferros-" + Path.GetRandomFileName());

    public void Dispose()
    {
        if (Directory.Exists(_profiles)) Directory.Delete(_profiles, recursive: true);
    }

    [Fact]
    public async Task An_episode_is_stored_listed_kept_over_a_restart_and_forgotten()
    {
        await using (var stage = await Begin())
        {
            (await List(stage)).ShouldBeEmpty();
            await stage.Show(Stage.Portrait, () => stage.Affect.Any(a => a.Faces.Count == 1), "a face");
            var (_, statuses) = stage.Hear<AdaptationStatus>("/ferros/adaptation", EveryStatus);
            var adapting = Adapting(stage, new Adapt.Request { PersonId = "p7", Expression = "happy", Frames = 6 });
            await stage.Show(Stage.Portrait, () => adapting.IsCompleted, "the episode");

            var answer = await adapting;
            (answer.Success, answer.Activated, answer.Samples).ShouldBe((true, false, 6u), answer.Message);
            float.IsNaN(answer.AccuracyBefore).ShouldBeTrue("one class holds nothing back");
            await stage.Show(Stage.Portrait, () => stage.Affect.Last().Faces is [{ PersonId: "p7" }], "the face that the episode binds");
            await Stage.Until(() => statuses.LastOrDefault()?.State == AdaptationStatus.Done, "the end of the adaptation on its topic");
            statuses.Select(s => s.State).ShouldContain(AdaptationStatus.Collecting);
            statuses.Last().PersonId.ShouldBe("p7");

            var person = (await List(stage)).ShouldHaveSingleItem();
            (person.PersonId, person.Samples).ShouldBe(("p7", 6u));
            person.Expressions.ShouldBe(["happiness"]);
        }

        foreach (var file in Directory.EnumerateFiles(_profiles, "*", SearchOption.AllDirectories))
            ModeOf(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite, file);
        await using (var stage = await Begin())
        {
            (await List(stage)).ShouldHaveSingleItem().PersonId.ShouldBe("p7");
            (await stage.Call(ForgetPerson.Type, "/ferros/forget_person", new ForgetPerson.Request { PersonId = "p7" })).Success.ShouldBeTrue();
            (await List(stage)).ShouldBeEmpty();
            Directory.EnumerateFileSystemEntries(_profiles, "*p7*", SearchOption.AllDirectories).ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task Training_that_is_cancelled_leaves_what_was_shown_stored_and_another_can_follow()
    {
        await using var stage = await Begin("-p", "adaptation.steps:=10000", "-p", "adaptation.hidden:=true");
        await stage.Show(Stage.Portrait, () => stage.Affect.Any(a => a.Faces.Count == 1), "a face");
        var (_, statuses) = stage.Hear<AdaptationStatus>("/ferros/adaptation", EveryStatus);
        var first = Adapting(stage, new Adapt.Request { PersonId = "p7", Expression = "happy", Frames = 4 });
        await stage.Show(Stage.Portrait, () => first.IsCompleted, "the first episode");
        (await first).Success.ShouldBeTrue();

        var second = Adapting(stage, new Adapt.Request { PersonId = "p7", Expression = "sad", Frames = 4 });
        await stage.Show(Stage.Portrait, () => statuses.Any(s => s is { State: AdaptationStatus.Training, Step: > 0 }), "training");
        var cancelled = await stage.Call(Trigger.Type, "/ferros/cancel_adaptation", new Trigger.Request());
        cancelled.Success.ShouldBeTrue(cancelled.Message);
        cancelled.Message.ShouldContain("'p7'");
        cancelled.Message.ShouldContain("of 10000");
        var answer = await second;
        (answer.Success, answer.Activated, answer.Samples).ShouldBe((true, false, 8u), answer.Message);
        answer.Message.ShouldContain("training was cancelled");
        await Stage.Until(() => statuses.Last().State == AdaptationStatus.Done, "the end on its topic");
        var person = (await List(stage)).ShouldHaveSingleItem();
        (person.Samples, person.Active).ShouldBe((8u, false));
        person.Expressions.ShouldBe(["happiness", "sadness"]);

        (await stage.Set("adaptation.steps", 10L)).Successful.ShouldBeTrue();
        var third = await Adapting(stage, new Adapt.Request { PersonId = "p7" });
        (third.Success, third.Samples).ShouldBe((true, 8u), third.Message);
        third.Message.ShouldContain("8 samples of happiness, sadness");
        await Stage.Until(() => statuses.Last() is { State: AdaptationStatus.Done, Steps: 10 }, "the parameter to have reached the training");
    }

    [Fact]
    public async Task While_the_node_is_inactive_list_and_forget_alone_do_something()
    {
        await using var stage = await Begin("-p", "autostart:=false");
        (await Change(stage, "configure")).ShouldBeTrue();
        (await Adapting(stage, new Adapt.Request { PersonId = "p7", Expression = "happy", Frames = 6 })).Message.ShouldContain("inactive");
        (await stage.Call(SelectPerson.Type, "/ferros/select_person", new SelectPerson.Request { PersonId = "p7" })).Message.ShouldContain("inactive");
        (await stage.Call(UndoAdaptation.Type, "/ferros/undo_adaptation", new UndoAdaptation.Request { PersonId = "p7" })).Message.ShouldContain("inactive");
        (await List(stage)).ShouldBeEmpty();
        (await stage.Call(ForgetPerson.Type, "/ferros/forget_person", new ForgetPerson.Request { PersonId = "p7" })).Message.ShouldContain("'p7'");
        (await stage.Call(Trigger.Type, "/ferros/cancel_adaptation", new Trigger.Request())).Success.ShouldBeFalse();
    }

    [Fact]
    public async Task Selecting_binds_the_face_until_reset_which_keeps_profiles()
    {
        await using var stage = await Begin("-p", "track_timeout:=60.0");
        await stage.Show(Stage.Portrait, () => stage.Affect.Any(a => a.Faces.Count == 1), "a face");
        var unknown = stage.Call(SelectPerson.Type, "/ferros/select_person", new SelectPerson.Request { PersonId = "p7", FaceId = "f0000" });
        await stage.Show(Stage.Portrait, () => unknown.IsCompleted, "the answer");
        (await unknown).Message.ShouldContain("'f0000' is not in view");

        var selecting = stage.Call(SelectPerson.Type, "/ferros/select_person", new SelectPerson.Request { PersonId = "p8" });
        await stage.Show(Stage.Portrait, () => stage.Affect.Last().Faces is [{ PersonId: "p8" }], "the person on the topic");
        (await selecting).Message.ShouldContain("nothing is stored of them yet");

        (await stage.Call(Trigger.Type, "/ferros/reset", new Trigger.Request())).Success.ShouldBeTrue();
        await stage.Show(Stage.Portrait, () => stage.Affect.Last().Faces is [{ PersonId: "" }], "nobody bound");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_face_that_leaves_is_nobody_s_when_it_comes_back_with_and_without_ROS4HRI_topics(bool publishHumans)
    {
        await using var stage = await Begin("-p", "track_timeout:=5.0", "-p", $"publish_humans:={(publishHumans ? "true" : "false")}");
        await stage.Show(Stage.Portrait, () => stage.Affect.Any(a => a.Faces.Count == 1), "a face");
        var selecting = stage.Call(SelectPerson.Type, "/ferros/select_person", new SelectPerson.Request { PersonId = "p7" });
        await stage.Show(Stage.Portrait, () => stage.Affect.Last().Faces is [{ PersonId: "p7" }], "the person on the topic");
        (await selecting).Success.ShouldBeTrue();

        await stage.Show(Stage.Empty, () => stage.Affect.Last().Faces.Count == 0, "the face to leave", atLeast: 150);
        var left = stage.Affect.Count;
        await stage.Show(Stage.Portrait, () => stage.Affect.Skip(left).Any(a => a.Faces.Count == 1), "a face");
        stage.Affect.Skip(left).SelectMany(a => a.Faces).ShouldAllBe(face => face.PersonId == "");
    }

    [Fact]
    public async Task A_face_out_of_sight_for_longer_than_the_gap_is_nobody_s_though_it_keeps_its_id()
    {
        await using var stage = await Begin("-p", "sequence_gap:=1.0");
        await stage.Show(Stage.Portrait, () => stage.Affect.Any(a => a.Faces.Count == 1), "a face");
        var selecting = stage.Call(SelectPerson.Type, "/ferros/select_person", new SelectPerson.Request { PersonId = "p7" });
        await stage.Show(Stage.Portrait, () => stage.Affect.Last().Faces is [{ PersonId: "p7" }], "the person on the topic");
        (await selecting).Success.ShouldBeTrue();
        var id = stage.Affect.Last().Faces[0].FaceId;

        await stage.Show(Stage.Empty, () => stage.Affect.Last().Faces.Count == 0, "the face to be out of sight", atLeast: 60);
        var left = stage.Affect.Count;
        await stage.Show(Stage.Portrait, () => stage.Affect.Skip(left).Any(a => a.Faces.Count == 1), "a face");
        stage.Affect.Skip(left).SelectMany(a => a.Faces).ShouldAllBe(face => face.FaceId == id && face.PersonId == "");
    }

    [Fact]
    public async Task With_learning_switched_off_adapt_refuses_and_nothing_is_written()
    {
        await using var stage = await Begin("-p", "adaptation.enabled:=false");
        await stage.Show(Stage.Portrait, () => stage.Affect.Any(a => a.Faces.Count == 1), "a face");
        (await Adapting(stage, new Adapt.Request { PersonId = "p7", Expression = "happy", Frames = 6 })).Message.ShouldContain("adaptation.enabled");
        (Directory.Exists(_profiles) && Directory.EnumerateFiles(_profiles, "*", SearchOption.AllDirectories).Any()).ShouldBeFalse();
    }

    [Fact]
    public async Task Whoever_asks_who_stores_personal_data_hears_it_also_later()
    {
        await using var stage = await Begin();
        var (_, notices) = stage.Hear<PersonalDataProcessor>("/data_management", PrivacyNotice.Latched);
        await Stage.Until(() => !notices.IsEmpty, "the notice");
        var notice = notices.ShouldHaveSingleItem();
        notice.DataSourceNode.ShouldBe("/ferros");
        notice.Path.ShouldBe(_profiles);
        notice.DataPurpose.ShouldContain("No pictures are stored");

        (await stage.Set("adaptation.enabled", false)).Successful.ShouldBeTrue();
        await Stage.Until(() => notices.Last().DataPurpose.Contains("Learning is switched off", StringComparison.Ordinal), "the notice as it is now");
        (await stage.Set("adaptation.enabled", true)).Successful.ShouldBeTrue();
        await Stage.Until(() => notices.Count == 3, "the notice of before");
        notices.Last().DataPurpose.ShouldContain("No pictures are stored");
    }

    private static UnixFileMode ModeOf(string file) => OperatingSystem.IsWindows() ? UnixFileMode.None : File.GetUnixFileMode(file);

    private Task<Stage> Begin(params string[] arguments) => Stage.Begin(
        // A loaded machine shows pictures with pauses.
        ["-p", $"profile_directory:={_profiles}", "-p", "sequence_gap:=5.0", "-p", "track_timeout:=60.0", .. arguments]);

    private static Task<Adapt.Response> Adapting(Stage stage, Adapt.Request request) => stage.Call(Adapt.Type, "/ferros/adapt", request);

    private static async Task<List<PersonInfo>> List(Stage stage) => (await stage.Call(ListPersons.Type, "/ferros/list_persons", new ListPersons.Request())).Persons;

    private static async Task<bool> Change(Stage stage, string transition)
    {
        var change = new ChangeState.Request();
        change.Transition.Label = transition;
        return (await stage.Call(ChangeState.Type, "/ferros/change_state", change)).Success;
    }
}
