namespace FerRos.Node.Tests;

public class PersonBindingsTests
{
    private readonly PersonBindings _bindings = new(threshold: 0.5);

    [Fact]
    public void A_face_that_nobody_knows_has_no_person() => _bindings.PersonOf("f1").ShouldBe("");

    [Fact]
    public void The_person_manager_says_who_a_face_is_and_that_they_have_left()
    {
        _bindings.Decide("ana", "f1");
        _bindings.PersonOf("f1").ShouldBe("ana");

        _bindings.Decide("ana", "");
        _bindings.PersonOf("f1").ShouldBe("");
    }

    [Fact]
    public void A_person_who_comes_back_with_a_new_face_leaves_the_old_one()
    {
        _bindings.Decide("ana", "f1");
        _bindings.Decide("ana", "f2");

        _bindings.PersonOf("f1").ShouldBe("");
        _bindings.PersonOf("f2").ShouldBe("ana");
    }

    [Fact]
    public void A_face_that_turns_out_to_be_someone_else_changes_hands()
    {
        _bindings.Decide("ana", "f1");
        _bindings.Decide("ben", "f1");
        _bindings.PersonOf("f1").ShouldBe("ben");

        // Ana has no face any more, so hers going away takes nothing from Ben.
        _bindings.Decide("ana", "");
        _bindings.PersonOf("f1").ShouldBe("ben");
    }

    [Fact]
    public void A_guess_binds_from_the_threshold_on()
    {
        _bindings.Suggest("f1", "ana", 0.49f);
        _bindings.PersonOf("f1").ShouldBe("");

        _bindings.Suggest("f1", "ana", 0.5f);
        _bindings.PersonOf("f1").ShouldBe("ana");

        _bindings.Threshold = 0.8;
        _bindings.PersonOf("f1").ShouldBe("");
    }

    [Fact]
    public void Of_two_guesses_the_more_confident_one_holds_until_it_is_taken_back()
    {
        _bindings.Suggest("f1", "ana", 0.6f);
        _bindings.Suggest("f1", "ben", 0.9f);
        _bindings.PersonOf("f1").ShouldBe("ben");

        // Confidence 0: explicitly not associated.
        _bindings.Suggest("f1", "ben", 0);
        _bindings.PersonOf("f1").ShouldBe("ana");
    }

    [Fact]
    public void One_person_is_not_in_view_twice()
    {
        _bindings.Suggest("f1", "ana", 0.7f);
        _bindings.Suggest("f2", "ana", 0.9f);

        _bindings.PersonOf("f1").ShouldBe("");
        _bindings.PersonOf("f2").ShouldBe("ana");

        _bindings.ForgetFace("f2");
        _bindings.PersonOf("f1").ShouldBe("ana");
    }

    [Fact]
    public void A_decision_goes_before_any_guess()
    {
        _bindings.Suggest("f1", "ben", 1);
        _bindings.Decide("ana", "f1");
        _bindings.PersonOf("f1").ShouldBe("ana");

        _bindings.ForgetPerson("ana");
        _bindings.PersonOf("f1").ShouldBe("ben");
    }

    [Fact]
    public void What_a_user_says_goes_before_the_identification_until_the_face_leaves()
    {
        _bindings.Decide("ben", "f1");
        _bindings.Select("f1", "ana");
        _bindings.PersonOf("f1").ShouldBe("ana");
        _bindings.FaceOf("ana").ShouldBe("f1");
        _bindings.FaceOf("ben").ShouldBe("");

        _bindings.ForgetFace("f1");
        _bindings.PersonOf("f1").ShouldBe("");
        _bindings.FaceOf("ana").ShouldBe("");
    }

    [Fact]
    public void A_person_who_was_selected_has_no_second_face_by_identification()
    {
        _bindings.Select("f1", "ana");
        _bindings.Decide("ana", "f2");
        _bindings.Suggest("f3", "ana", 1);

        _bindings.PersonOf("f1").ShouldBe("ana");
        _bindings.PersonOf("f2").ShouldBe("");
        _bindings.PersonOf("f3").ShouldBe("");
    }

    [Fact]
    public void A_person_selected_for_another_face_leaves_the_first()
    {
        _bindings.Select("f1", "ana");
        _bindings.Select("f2", "ana");

        _bindings.PersonOf("f1").ShouldBe("");
        _bindings.PersonOf("f2").ShouldBe("ana");
        _bindings.Persons().ShouldBe(["ana"]);
    }

    [Fact]
    public void A_face_selected_to_be_nobodys_stays_so_against_the_identification()
    {
        _bindings.Decide("ana", "f1");
        _bindings.Select("f1", "");
        _bindings.PersonOf("f1").ShouldBe("");
        _bindings.Persons().ShouldBeEmpty();

        _bindings.Suggest("f1", "ben", 1);
        _bindings.PersonOf("f1").ShouldBe("");
    }

    [Fact]
    public void A_person_whose_selection_is_taken_back_is_again_who_the_identification_says()
    {
        _bindings.Decide("ben", "f1");
        _bindings.Select("f1", "ana");
        _bindings.Deselect("ana");
        _bindings.PersonOf("f1").ShouldBe("ben");
    }

    [Fact]
    public void Changes_are_told_and_what_changes_nothing_is_not()
    {
        var changes = 0;
        _bindings.Changed += () => changes++;

        _bindings.Select("f1", "ana");
        changes.ShouldBe(1);
        _bindings.Select("f1", "ana");
        _bindings.Suggest("f1", "ben", 0.9f);
        _bindings.ForgetFace("f2");
        changes.ShouldBe(1);
        _bindings.Clear();
        changes.ShouldBe(2);
        _bindings.Clear();
        changes.ShouldBe(2);
    }

    /// <summary>Whatever is said in whatever order, no person has two faces, and a face that has left is nobody's.</summary>
    [Fact]
    public void No_order_of_events_gives_a_person_two_faces_or_a_face_that_left_a_person()
    {
        string[] faces = ["f1", "f2", "f3"];
        string[] persons = ["", "ana", "ben", "cleo"];
        for (var seed = 0; seed < 50; seed++)
        {
            var random = new Random(seed);
            var bindings = new PersonBindings(0.5);
            for (var step = 0; step < 200; step++)
            {
                var face = faces[random.Next(faces.Length)];
                var person = persons[random.Next(persons.Length)];
                switch (random.Next(6))
                {
                    case 0: bindings.Select(face, person); break;
                    case 1: bindings.Decide(person, random.Next(3) == 0 ? "" : face); break;
                    case 2: bindings.Suggest(face, person, random.Next(5) / 4f); break;
                    case 3: bindings.ForgetPerson(person); break;
                    case 4: bindings.Deselect(person); break;
                    default:
                        bindings.ForgetFace(face);
                        bindings.PersonOf(face).ShouldBe("", $"seed {seed}, step {step}");
                        break;
                }

                bindings.Persons().ShouldBeUnique($"seed {seed}, step {step}");
                foreach (var bound in bindings.Persons()) bindings.PersonOf(bindings.FaceOf(bound)).ShouldBe(bound);
            }
        }
    }

    [Theory]
    [InlineData("", "ana", 0.9f)]
    [InlineData("f1", "", 0.9f)]
    [InlineData("f1", "ana", float.NaN)]
    [InlineData("f1", "ana", -1f)]
    public void Guesses_that_make_no_sense_are_ignored(string face, string person, float confidence)
    {
        _bindings.Suggest(face, person, confidence);
        _bindings.PersonOf(face).ShouldBe("");
    }

    [Fact]
    public void A_flood_of_guesses_does_not_keep_out_the_next_one()
    {
        for (var i = 0; i < 3 * PersonBindings.Capacity; i++) _bindings.Suggest($"f{i}", $"p{i}", 0.9f);

        _bindings.Suggest("f", "ana", 0.9f);
        _bindings.PersonOf("f").ShouldBe("ana");
        _bindings.PersonOf("f0").ShouldBe("");
    }

    [Fact]
    public void Looking_up_allocates_nothing()
    {
        _bindings.Decide("ana", "f1");
        _bindings.PersonOf("f1");
        Allocations.Least(() =>
        {
            for (var i = 0; i < 1000; i++) _bindings.PersonOf("f1");
        }).ShouldBe(0);
    }
}
