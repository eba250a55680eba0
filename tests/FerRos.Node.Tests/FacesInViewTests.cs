using FerRos.Node.Tests.Support;

namespace FerRos.Node.Tests;

public class FacesInViewTests
{
    private readonly FacesInView _view = new() { Gap = TimeSpan.FromSeconds(0.5) };
    private readonly PlayedView _camera = new();
    private readonly List<string> _gone = [];
    private readonly List<string> _lost = [];

    public FacesInViewTests()
    {
        _view.FaceGone += _gone.Add;
        _view.FaceLost += _lost.Add;
    }

    [Fact]
    public void Before_the_first_picture_there_is_no_face()
    {
        _view.TryChoose("", out _, out var reason).ShouldBeFalse();
        reason.ShouldBe("no picture has come yet");
    }

    [Fact]
    public void Without_a_name_the_largest_face_is_meant()
    {
        Show(("f1", 80), ("f2", 60));
        _view.TryChoose("", out var face, out _).ShouldBeTrue();
        face.ShouldBe("f1");
        _view.TryChoose("f2", out face, out _).ShouldBeTrue();
        face.ShouldBe("f2");
    }

    [Theory]
    [InlineData(80, 80)]
    [InlineData(80, 75)]
    public void Of_two_faces_at_the_same_distance_one_must_be_named(float first, float second)
    {
        Show(("f1", first), ("f2", second));
        _view.TryChoose("", out _, out var reason).ShouldBeFalse();
        reason.ShouldContain("'f1'");
        reason.ShouldContain("'f2'");
        reason.ShouldContain("face_id");
        _view.TryChoose("f2", out var face, out _).ShouldBeTrue();
        face.ShouldBe("f2");
    }

    [Fact]
    public void A_face_that_is_not_in_view_is_named_with_those_that_are()
    {
        Show(("f1", 80), ("f2", 60));
        _view.TryChoose("f9", out _, out var reason).ShouldBeFalse();
        reason.ShouldBe("the face 'f9' is not in view; in view: f1, f2");

        Show();
        _view.TryChoose("", out _, out reason).ShouldBeFalse();
        reason.ShouldBe("no face is in view");
        _view.TryChoose("f1", out _, out reason).ShouldBeFalse();
        reason.ShouldContain("'f1' is not in view");
    }

    [Fact]
    public void A_face_that_is_followed_out_of_sight_has_not_gone_until_it_is_given_up()
    {
        Show(("f1", 80));
        Show();
        _gone.ShouldBeEmpty();
        _camera.Tracked.Clear();
        Show();
        _gone.ShouldBe(["f1"]);
    }

    [Fact]
    public void A_face_out_of_sight_for_longer_than_the_gap_is_lost_once_though_it_keeps_its_id()
    {
        Show(("f1", 80), ("f2", 60));
        for (var i = 0; i < 30; i++) Show(("f2", 60));
        _lost.ShouldBe(["f1"]);
        _gone.ShouldBeEmpty();

        // Back, it may be lost again.
        Show(("f1", 80), ("f2", 60));
        for (var i = 0; i < 30; i++) Show(("f2", 60));
        _lost.ShouldBe(["f1", "f1"]);
    }

    [Fact]
    public void A_camera_that_paused_watched_nobody_meanwhile_and_this_is_known_before_its_next_picture()
    {
        Show(("f1", 80));
        _camera.Wait(TimeSpan.FromSeconds(2));
        var next = _camera.Next(("f1", 80));
        _view.Begin(next.Stamp);
        _lost.ShouldBe(["f1"]);
    }

    [Fact]
    public void Stamps_that_go_back_lose_every_face()
    {
        Show(("f1", 80));
        _view.Begin(1);
        _lost.ShouldBe(["f1"]);
    }

    [Fact]
    public void A_picture_allocates_nothing()
    {
        for (var i = 0; i < 10; i++) Show(("f1", 80), ("f2", 60));
        var picture = _camera.Next(("f1", 80), ("f2", 60));
        Allocations.Least(() =>
        {
            for (var i = 0; i < 100; i++)
            {
                _view.Begin(picture.Stamp);
                _view.Update(picture);
            }
        }).ShouldBe(0);
    }

    private void Show(params (string Id, float Width)[] faces)
    {
        var picture = _camera.Next(faces);
        _view.Begin(picture.Stamp);
        _view.Update(picture);
    }
}
