using FsCheck;
using FsCheck.Fluent;

namespace FerRos.Perception.Tests;

public class FaceTrackerTests
{
    private static Scene NewScene(double rate = 30, TrackerOptions? options = null) =>
        new(new FaceTracker(options, new FaceIdGenerator(1)), rate);

    private static string IdNear(TrackedFace[] faces, double x) => faces.MinBy(f => Math.Abs(f.Box.CenterX - x)).Id;

    [Fact]
    public void Two_faces_side_by_side_keep_two_steady_ids()
    {
        Scene scene = NewScene();
        TrackedFace[] first = scene.Show(0.2, _ => [scene.Face(200, 240), scene.Face(420, 240)]);
        string left = IdNear(first, 200);
        string right = IdNear(first, 420);
        left.ShouldNotBe(right);
        for (int i = 0; i < 300; i++)
        {
            // Whichever the detector names first, and however it scatters.
            FaceDetection[] faces = [scene.Face(200, 240, scatter: 0.05), scene.Face(420, 240, scatter: 0.05)];
            if (i % 3 == 0)
                Array.Reverse(faces);
            TrackedFace[] seen = scene.Show(faces);
            seen.Length.ShouldBe(2);
            IdNear(seen, 200).ShouldBe(left);
            IdNear(seen, 420).ShouldBe(right);
        }
    }

    [Theory]
    [InlineData(0.7)]
    [InlineData(1.0)]
    [InlineData(2.0)]
    [InlineData(4.0)]
    public void Two_faces_that_cross_keep_their_ids(double seconds)
    {
        Scene scene = NewScene();
        TrackedFace[] first = scene.Show(0.3, _ => [scene.Face(150, 240, 90), scene.Face(490, 250, 80)]);
        string goesRight = IdNear(first, 150);
        string goesLeft = IdNear(first, 490);
        TrackedFace[] last = scene.Show(seconds, t => [scene.Face(150 + (340 * t), 240, 90), scene.Face(490 - (340 * t), 250, 80)]);
        IdNear(last, 490).ShouldBe(goesRight);
        IdNear(last, 150).ShouldBe(goesLeft);
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(1.5)]
    [InlineData(2.5)]
    public void Two_faces_that_cross_keep_their_ids_when_the_front_one_hides_the_other(double seconds)
    {
        Scene scene = NewScene();
        TrackedFace[] first = scene.Show(0.3, _ => [scene.Face(120, 240, 100), scene.Face(520, 245, 80)]);
        string front = IdNear(first, 120);
        string behind = IdNear(first, 520);
        TrackedFace[] last = scene.Show(seconds, t =>
        {
            double frontX = 120 + (400 * t);
            double behindX = 520 - (400 * t);
            return Math.Abs(frontX - behindX) < 60
                ? [scene.Face(frontX, 240, 100)]
                : [scene.Face(frontX, 240, 100), scene.Face(behindX, 245, 80)];
        });
        IdNear(last, 520).ShouldBe(front);
        IdNear(last, 120).ShouldBe(behind);
    }

    [Fact]
    public void A_face_that_is_new_in_view_does_not_take_the_id_of_one_beside_it()
    {
        Scene scene = NewScene();
        string known = scene.Show(0.5, _ => [scene.Face(300, 240)])[0].Id;
        // The newcomer is listed first, a face's width away; the known face is still where it was.
        TrackedFace[] seen = scene.Show(0.3, _ => [scene.Face(375, 240), scene.Face(300, 240)]);
        seen.Length.ShouldBe(2);
        IdNear(seen, 300).ShouldBe(known);
        IdNear(seen, 375).ShouldNotBe(known);
    }

    [Fact]
    public void A_face_that_appears_where_another_has_just_left_for_its_neighbour_does_not_chain_ids()
    {
        // One face leaves while another stays and a third appears on the far side: the one that stays keeps its id.
        Scene scene = NewScene();
        TrackedFace[] first = scene.Show(0.5, _ => [scene.Face(200, 240), scene.Face(290, 240)]);
        string stays = IdNear(first, 290);
        string leaves = IdNear(first, 200);
        TrackedFace[] seen = scene.Show(0.3, _ => [scene.Face(290, 240), scene.Face(380, 240)]);
        IdNear(seen, 290).ShouldBe(stays);
        IdNear(seen, 380).ShouldNotBe(leaves);
    }

    [Fact]
    public void A_face_that_leaves_gives_an_empty_list_at_once_and_loses_its_id_after_the_timeout()
    {
        Scene scene = NewScene();
        string id = scene.Show(0.5, _ => [scene.Face(300, 240)])[0].Id;
        scene.Show().ShouldBeEmpty();
        scene.Tracker.TrackedIds.ToArray().ShouldBe([id]);
        scene.Show(1.1, _ => []).ShouldBeEmpty();
        scene.Tracker.TrackedIds.ToArray().ShouldBeEmpty();
    }

    [Fact]
    public void A_face_that_returns_within_the_timeout_keeps_its_id_and_later_gets_a_new_one()
    {
        Scene scene = NewScene();
        string id = scene.Show(0.5, _ => [scene.Face(300, 240)])[0].Id;
        scene.Show(0.6, _ => []);
        scene.Show(scene.Face(310, 245))[0].Id.ShouldBe(id);
        scene.Show(1.2, _ => []);
        string later = scene.Show(0.3, _ => [scene.Face(300, 240)])[0].Id;
        later.ShouldNotBe(id);
    }

    [Fact]
    public void Single_misses_over_a_long_time_do_not_add_up()
    {
        Scene scene = NewScene();
        string id = scene.Show(0.5, _ => [scene.Face(300, 240)])[0].Id;
        for (int i = 0; i < 100; i++)
        {
            scene.Show();
            scene.Show(0.2, _ => [scene.Face(300, 240)])[0].Id.ShouldBe(id);
        }
    }

    [Fact]
    public void Tracks_age_by_the_stamps_and_not_by_the_number_of_pictures()
    {
        // At 2 pictures a second two misses are a second; at 200 they are nothing.
        Scene slow = NewScene(2);
        string before = slow.Show(2, _ => [slow.Face(300, 240)])[0].Id;
        slow.Show();
        slow.Show();
        slow.Show();
        slow.Show(slow.Face(300, 240))[0].Id.ShouldNotBe(before);

        Scene fast = NewScene(200);
        before = fast.Show(0.5, _ => [fast.Face(300, 240)])[0].Id;
        fast.Show(0.5, _ => []);
        fast.Show(fast.Face(300, 240))[0].Id.ShouldBe(before);
    }

    [Theory]
    [InlineData(30, 2)]
    [InlineData(60, 4)]
    [InlineData(10, 1)]
    [InlineData(1, 1)]
    public void A_new_face_is_confirmed_by_time_in_view(double rate, int pictures)
    {
        Scene scene = NewScene(rate);
        scene.Show();
        for (int i = 1; i < pictures; i++)
            scene.Show(scene.Face(300, 240)).ShouldBeEmpty($"picture {i}");
        scene.Show(scene.Face(300, 240)).Length.ShouldBe(1);
    }

    [Fact]
    public void The_first_picture_of_all_confirms_its_faces_at_once() =>
        NewScene().Show(new Scene(new FaceTracker()).Face(300, 240)).Length.ShouldBe(1);

    [Fact]
    public void A_flash_of_a_face_in_a_single_picture_gets_no_id()
    {
        Scene scene = NewScene();
        scene.Show();
        for (int i = 0; i < 20; i++)
        {
            scene.Show(scene.Face(300, 240)).ShouldBeEmpty();
            scene.Show().ShouldBeEmpty();
        }

        scene.Tracker.TrackedIds.ToArray().ShouldBeEmpty();
    }

    [Fact]
    public void A_stamp_that_goes_back_starts_afresh()
    {
        Scene scene = NewScene();
        string id = scene.Show(0.5, _ => [scene.Face(300, 240)])[0].Id;
        scene.JumpTo(0);
        TrackedFace again = scene.Show(scene.Face(300, 240)).Single();
        again.Id.ShouldNotBe(id);
        scene.Tracker.Restarts.ShouldBe(1);
        scene.Tracker.TrackedIds.ToArray().ShouldBe([again.Id]);
    }

    [Fact]
    public void A_stamp_that_repeats_changes_no_id()
    {
        var tracker = new FaceTracker(null, new FaceIdGenerator(1));
        var scene = new Scene(tracker);
        string id = tracker.Update(5, [scene.Face(300, 240)])[0].Id;
        tracker.Update(5, [scene.Face(300, 240)])[0].Id.ShouldBe(id);
        tracker.Update(5, []).Length.ShouldBe(0);
    }

    [Fact]
    public void A_pause_of_the_camera_longer_than_the_timeout_ends_tracks()
    {
        Scene scene = NewScene();
        string id = scene.Show(0.5, _ => [scene.Face(300, 240)])[0].Id;
        scene.Wait(30);
        scene.Show(scene.Face(300, 240))[0].Id.ShouldNotBe(id);
    }

    [Fact]
    public void A_fast_face_keeps_its_id()
    {
        // Four face widths a second, turning round at the edges.
        Scene scene = NewScene();
        string id = scene.Show(0.2, _ => [scene.Face(100, 240)])[0].Id;
        for (int i = 0; i < 4; i++)
        {
            TrackedFace[] seen = scene.Show(1.2, t => [scene.Face(i % 2 == 0 ? 100 + (400 * t) : 500 - (400 * t), 240)]);
            seen.Single().Id.ShouldBe(id);
        }
    }

    [Fact]
    public void A_face_that_comes_nearer_keeps_its_id()
    {
        Scene scene = NewScene();
        string id = scene.Show(0.2, _ => [scene.Face(320, 240, 40)])[0].Id;
        scene.Show(1.0, t => [scene.Face(320, 240, 40 * Math.Pow(8, t))])[0].Id.ShouldBe(id);
    }

    [Fact]
    public void The_largest_faces_are_reported_and_the_order_is_steady()
    {
        Scene scene = NewScene(options: new TrackerOptions { MaxFaces = 2 });
        TrackedFace[] seen = scene.Show(0.5, _ => [scene.Face(100, 100, 50), scene.Face(300, 240, 120), scene.Face(500, 240, 80)]);
        seen.Select(f => (int)Math.Round(f.Box.CenterX / 100)).ShouldBe([3, 5]);

        // The third grows to about the size of the second: the one that is reported stays.
        string[] reported = [.. seen.Select(f => f.Id)];
        for (int i = 0; i < 60; i++)
            scene.Show(scene.Face(100, 100, 82), scene.Face(300, 240, 120), scene.Face(500, 240, 80)).Select(f => f.Id).ShouldBe(reported);
        scene.Show(0.3, _ => [scene.Face(100, 100, 110), scene.Face(300, 240, 120), scene.Face(500, 240, 80)])
            .Select(f => (int)Math.Round(f.Box.CenterX / 100)).ShouldBe([3, 1]);
    }

    [Fact]
    public void More_faces_than_can_be_followed_are_left_out_without_an_error()
    {
        Scene scene = NewScene(options: new TrackerOptions { MaxFaces = FaceTracker.Capacity });
        FaceDetection[] crowd = [.. Enumerable.Range(0, 150).Select(i => scene.Face(30 + (60 * (i % 15)), 30 + (60 * (i / 15)), 30))];
        scene.Show(0.2, _ => crowd).Length.ShouldBe(FaceTracker.Capacity);
        scene.Show(1.2, _ => []).ShouldBeEmpty();
        scene.Show(0.2, _ => crowd[..3]).Length.ShouldBe(3);
    }

    [Fact]
    public void Boxes_and_points_of_a_resting_face_hardly_shake()
    {
        Scene scene = NewScene();
        scene.Show(1, _ => [scene.Face(300, 240, scatter: 0.04)]);
        var raw = new List<double>();
        var smooth = new List<double>();
        for (int i = 0; i < 200; i++)
        {
            FaceDetection face = scene.Face(300, 240, scatter: 0.04);
            raw.Add(face.Keypoints.RightEye.X);
            smooth.Add(scene.Show(face)[0].Keypoints.RightEye.X);
        }

        Deviation(smooth).ShouldBeLessThan(0.7 * Deviation(raw));
    }

    [Fact]
    public void The_box_of_a_moving_face_follows_within_a_fifth_of_its_width()
    {
        Scene scene = NewScene();
        scene.Show(0.3, _ => [scene.Face(100, 240, scatter: 0)]);
        for (int i = 1; i <= 30; i++)
        {
            double x = 100 + (8 * i);
            scene.Show(scene.Face(x, 240, scatter: 0))[0].Box.CenterX.ShouldBe((float)x, 16f);
        }
    }

    [Fact]
    public void Following_faces_allocates_nothing()
    {
        var tracker = new FaceTracker(null, new FaceIdGenerator(1));
        var scene = new Scene(tracker);
        FaceDetection[] faces = [scene.Face(100, 100), scene.Face(300, 200), scene.Face(500, 300)];
        long stamp = 0;
        for (int i = 0; i < 10; i++)
            tracker.Update(stamp += 33_000_000, faces);
        Allocations.Least(() =>
        {
            for (int i = 0; i < 100; i++)
                tracker.Update(stamp += 33_000_000, faces);
        }).ShouldBe(0);
    }

    [Fact]
    public void The_assignment_is_the_cheapest_of_all() => Prop.ForAll(
        Gen.Choose(0, 1_000).ArrayOf(7 * 5).ToArbitrary(),
        numbers =>
        {
            const int Rows = 5;
            const int Columns = 7;
            float[] costs = [.. numbers.Select(n => n / 1_000f)];
            var columns = new int[Rows];
            new Tracking.Assignment(Rows, Columns).Solve(costs, Rows, Columns, columns);
            float found = columns.Select((c, r) => costs[(r * Columns) + c]).Sum();
            return columns.Distinct().Count() == Rows && Math.Abs(found - Cheapest(costs, 0, 0)) < 1e-4f;

            static float Cheapest(float[] costs, int row, int taken)
            {
                if (row == Rows)
                    return 0;
                float least = float.PositiveInfinity;
                for (int c = 0; c < Columns; c++)
                {
                    if ((taken & (1 << c)) == 0)
                        least = Math.Min(least, costs[(row * Columns) + c] + Cheapest(costs, row + 1, taken | (1 << c)));
                }

                return least;
            }
        }).QuickCheckThrowOnFailure();

    private static double Deviation(List<double> values)
    {
        double mean = values.Average();
        return Math.Sqrt(values.Average(v => (v - mean) * (v - mean)));
    }
}
