using System.Text.Json.Nodes;
using FerRos.Integration.Support;
using Shouldly;

namespace FerRos.Integration;

/// <summary>
/// A whole session: two people in view, one of whom the node learns. Films are photographs, each held for some frames while
/// it moves a little; what was learned is looked at on photographs that were not in the episodes.
/// </summary>
[Trait("Needs", "ros")]
public sealed class AdaptationTests : IDisposable
{
    private const string Learned = "p000";
    private const string Other = "p004";
    private static readonly string[] Classes = ["neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt"];

    private readonly string _profiles = Directory.CreateTempSubdirectory("ferros-profiles-").FullName;

    public void Dispose() => Directory.Delete(_profiles, recursive: true);

    [Theory]
    [InlineData("kilted", 77)]
    [InlineData("jazzy", 78)]
    public async Task A_session_over_rcl_with_an_rclpy_script(string distribution, int domain)
    {
        var ros = Ros.Find(distribution, domain);
        await Session(() => ros.SourcedFerros([.. Run, .. RclNodeTests.Reliable]), () =>
        {
            var peer = new RobotPeer(ros);
            peer.StartCamera();
            return peer;
        });
    }

    [Fact]
    public async Task A_session_over_the_embedded_middleware_with_ferros_call()
    {
        var ros = Ros.Find("kilted", 79);
        await Session(() => ros.Ferros(Run), () => new CommandPeer(ros));
    }

    private string[] Run => ["run", "--ros-args", "-p", $"profile_directory:={_profiles}", "-p", "track_timeout:=60.0", "-p", "sequence_gap:=5.0"];

    private async Task Session(Func<Child> start, Func<IAdaptationPeer> join)
    {
        var smile = RawPictures.Pair("smile", RawPictures.OfPerson(Learned, "happiness", 0, 6), RawPictures.OfPerson(Other, "happiness", 0, 6));
        var straight = RawPictures.Pair("straight", RawPictures.OfPerson(Learned, "neutral", 0, 6), RawPictures.OfPerson(Other, "neutral", 0, 6));
        var unseen = RawPictures.Pair("unseen", RawPictures.OfPerson(Learned, "neutral", 20, 3), RawPictures.OfPerson(Other, "neutral", 20, 3));

        Mean left;
        using (var node = start())
        {
            await node.WaitForError("Active:");
            using var peer = join();

            // Nothing is known of anybody, and nobody is in view.
            (await Persons(peer)).ShouldBeEmpty();
            await Refused(peer, "forget_person", "ForgetPerson", new { person_id = "p7" }, "p7");
            await Refused(peer, "undo_adaptation", "UndoAdaptation", new { person_id = "p7" }, "p7");

            Mean right;
            (left, right) = await Look(peer, unseen, "before");
            left.Adapted.ShouldBe(0);

            // Two episodes.
            JsonObject first = [], second = [];
            await peer.Show(straight, "episode1", async () =>
            {
                await Film(peer, "episode1");
                await Refused(peer, "adapt", "Adapt", new { person_id = "p7", face_id = "nobody", expression = "neutral", frames = 5 }, "nobody");
                await Refused(peer, "adapt", "Adapt", new { person_id = "p/7", expression = "neutral", frames = 5 }, "p/7");
                await Refused(peer, "adapt", "Adapt", new { person_id = "p7", expression = "grin", frames = 5 }, "grin");
                await Refused(peer, "adapt", "Adapt", new { person_id = "p7", has_affect = true, arousal = 7.5f, frames = 5 }, "arousal is 7.5");
                await Refused(peer, "adapt", "Adapt", new { person_id = "p7", expression = "neutral", frames = 100_000 }, "100000");
                first = await peer.Call("/ferros/adapt", "ferros_msgs/srv/Adapt", new { person_id = "p7", face_id = LeftFace(peer, "episode1"), expression = "neutral", frames = 40 });
            });
            first["success"]!.GetValue<bool>().ShouldBeTrue(first.ToJsonString());
            first["activated"]!.GetValue<bool>().ShouldBeFalse("one class is not enough to train");
            first["samples"]!.GetValue<int>().ShouldBe(40);

            await peer.Show(smile, "episode2", async () =>
            {
                await Film(peer, "episode2");
                second = await peer.Call("/ferros/adapt", "ferros_msgs/srv/Adapt", new { person_id = "p7", face_id = LeftFace(peer, "episode2"), expression = "happy", frames = 40 });
            });
            second["success"]!.GetValue<bool>().ShouldBeTrue(second.ToJsonString());
            second["accuracy_after"].ShouldNotBeNull("forty frames of each are enough to hold some back");
            second["duration"]!["nanosec"]!.GetValue<long>().ShouldBeGreaterThan(0);
            second["samples"]!.GetValue<int>().ShouldBe(80);

            // The estimates change, for this person only, on pictures that were not in the episodes.
            var (leftAfter, rightAfter) = await Look(peer, unseen, "after", "p7");
            leftAfter.Adapted.ShouldBe(1);
            leftAfter.Persons.ShouldBe(["p7"]);
            (leftAfter["neutral"] - left["neutral"]).ShouldBeGreaterThan(0.1, second.ToJsonString());
            rightAfter.Adapted.ShouldBe(0);
            rightAfter.Persons.ShouldBe([""]);
            foreach (var name in Classes) rightAfter[name].ShouldBe(right[name], 0.1, name);

            // Undo, and learn again from what is stored.
            (await peer.Call("/ferros/undo_adaptation", "ferros_msgs/srv/UndoAdaptation", new { person_id = "p7" }))["success"]!.GetValue<bool>().ShouldBeTrue();
            var (leftUndone, _) = await Look(peer, unseen, "undone", "p7");
            leftUndone.Adapted.ShouldBe(0);
            leftUndone.Persons.ShouldBe(["p7"]);
            foreach (var name in Classes) leftUndone[name].ShouldBe(left[name], 0.1, name);
            var again = await peer.Call("/ferros/adapt", "ferros_msgs/srv/Adapt", new { person_id = "p7", frames = 0 });
            (again["success"]!.GetValue<bool>(), again["samples"]!.GetValue<int>()).ShouldBe((true, 80), again.ToJsonString());
            node.Signal("INT");
            (await node.WaitForExit()).ShouldBe(0, node.Tail);
        }

        using (var node = start())
        {
            await node.WaitForError("Active:");
            using var peer = join();
            var person = (await Persons(peer)).ShouldHaveSingleItem();
            (person["person_id"]!.GetValue<string>(), person["samples"]!.GetValue<int>(), person["active"]!.GetValue<bool>()).ShouldBe(("p7", 80, false));
            person["expressions"]!.AsArray().Select(name => name!.GetValue<string>()).Order().ShouldBe(["happiness", "neutral"]);
            person["adapted"]!["sec"]!.GetValue<long>().ShouldBeGreaterThan(1_700_000_000);

            // A new process, new faces: nobody is bound until someone says so.
            var strangers = await peer.Show(unseen, "strangers", async () =>
            {
                await Film(peer, "strangers");
                (await peer.Call("/ferros/select_person", "ferros_msgs/srv/SelectPerson", new { person_id = "p7", face_id = LeftFace(peer, "strangers") }))["success"]!
                    .GetValue<bool>().ShouldBeTrue();
            });
            strangers[0].Faces.ShouldAllBe(face => face.Person == "" && !face.Adapted);
            var (restarted, _) = await Look(peer, unseen, "again", "p7");
            restarted.Adapted.ShouldBe(1);
            (restarted["neutral"] - left["neutral"]).ShouldBeGreaterThan(0.1);

            // Reset unbinds and keeps the profile; forget leaves nothing.
            (await peer.Call("/ferros/reset", "std_srvs/srv/Trigger", new { }))["success"]!.GetValue<bool>().ShouldBeTrue();
            var (unbound, _) = await Look(peer, unseen, "reset");
            unbound.Adapted.ShouldBe(0);
            unbound.Persons.ShouldBe([""]);
            (await Persons(peer)).Count.ShouldBe(1);
            (await peer.Call("/ferros/forget_person", "ferros_msgs/srv/ForgetPerson", new { person_id = "p7" }))["success"]!.GetValue<bool>().ShouldBeTrue();
            (await Persons(peer)).ShouldBeEmpty();
            Directory.EnumerateFileSystemEntries(_profiles, "*", SearchOption.AllDirectories).Where(path => path.Contains("p7", StringComparison.Ordinal)).ShouldBeEmpty();
            node.Signal("INT");
            (await node.WaitForExit()).ShouldBe(0, node.Tail);
        }
    }

    /// <summary>Waits until both faces have been in view in some pictures that are made from now on.</summary>
    private static Task Film(IAdaptationPeer peer, string frame, int pictures = 25)
    {
        // By their stamps: what is heard from now on may have been seen before.
        var since = (DateTime.UtcNow - DateTime.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
        return Wait.Until(() => Pairs() >= pictures, () => $"two faces in {pictures} pictures of {frame}; they were in {Pairs()}");

        int Pairs() => peer.Heard(frame).Count(affect => affect.Stamp >= since && affect.Faces.Length == 2);
    }

    /// <summary>What is seen of two people, the left of whom is said to be somebody, if a person is given.</summary>
    private static async Task<(Mean Left, Mean Right)> Look(IAdaptationPeer peer, RawPictures pictures, string frame, string person = "") =>
        Means(await peer.Show(pictures, frame, async () =>
        {
            await Film(peer, frame);
            if (person.Length == 0) return;
            var selected = await peer.Call("/ferros/select_person", "ferros_msgs/srv/SelectPerson", new { person_id = person, face_id = LeftFace(peer, frame) });
            selected["success"]!.GetValue<bool>().ShouldBeTrue(selected.ToJsonString());
            await Film(peer, frame);
        }));

    private static string LeftFace(IAdaptationPeer peer, string frame) =>
        peer.Heard(frame).Last(affect => affect.Faces.Length == 2).Faces.MinBy(face => face.Roi[0])!.Id;

    private static async Task<List<JsonObject>> Persons(IAdaptationPeer peer) =>
        [.. (await peer.Call("/ferros/list_persons", "ferros_msgs/srv/ListPersons", new { }))["persons"]!.AsArray().Select(person => person!.AsObject())];

    private static async Task Refused(IAdaptationPeer peer, string service, string type, object request, string reason)
    {
        var answer = await peer.Call("/ferros/" + service, "ferros_msgs/srv/" + type, request);
        answer["success"]!.GetValue<bool>().ShouldBeFalse(answer.ToJsonString());
        answer["message"]!.GetValue<string>().ShouldContain(reason);
    }

    /// <summary>The faces on both sides over the last pictures that show two.</summary>
    private static (Mean Left, Mean Right) Means(IReadOnlyList<Affect> heard)
    {
        var pairs = heard.Where(affect => affect.Faces.Length == 2).TakeLast(24).ToArray();
        pairs.Length.ShouldBe(24);
        return (new Mean([.. pairs.Select(affect => affect.Faces.MinBy(face => face.Roi[0])!)]), new Mean([.. pairs.Select(affect => affect.Faces.MaxBy(face => face.Roi[0])!)]));
    }

    /// <summary>Estimates of one face, averaged over the pictures of a film.</summary>
    private sealed class Mean(Face[] faces)
    {
        /// <summary>Share of the pictures whose estimate the person's own layer made.</summary>
        public double Adapted => faces.Average(face => face.Adapted ? 1.0 : 0.0);

        public string[] Persons => [.. faces.Select(face => face.Person).Distinct()];

        public double this[string expression] => faces.Average(face => face.Probabilities[Array.IndexOf(Classes, expression)]);
    }
}
