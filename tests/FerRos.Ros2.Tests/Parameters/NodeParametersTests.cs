using FerRos.Ros2;
using Shouldly;

namespace FerRos.Ros2.Tests.Parameters;

public sealed class NodeParametersTests
{
    private readonly NodeParameters _parameters = new(
        new Dictionary<string, ParameterValue> { ["rate"] = ParameterValue.From(15.0), ["count"] = ParameterValue.From("many"), ["size"] = ParameterValue.From(900L) },
        allowUndeclared: false);

    [Fact]
    public void A_value_from_outside_goes_before_the_default() => _parameters.Declare("rate", 30.0).ShouldBe(15.0);

    [Fact]
    public void A_value_from_outside_of_another_type_is_refused_with_name_and_value()
    {
        string message = Should.Throw<ParameterException>(() => _parameters.Declare("count", 3)).Message;
        message.ShouldContain("Wrong parameter type, parameter {count} is of type {integer}, setting it to {string} is not allowed.");
        message.ShouldContain("'many'");
        _parameters.Has("count").ShouldBeFalse();
    }

    [Fact]
    public void A_value_from_outside_that_is_out_of_range_is_refused_with_what_is_allowed() =>
        Should.Throw<ParameterException>(() => _parameters.Declare("size", 64, new ParameterDescriptor { IntegerRange = new(1, 512) }))
            .Message.ShouldContain("Parameter {size} doesn't comply with integer range. The value is 900, allowed is 1 to 512.");

    [Fact]
    public void A_second_declaration_is_refused()
    {
        _parameters.Declare("a", 1);
        Should.Throw<ParameterException>(() => _parameters.Declare("a", 1)).Message.ShouldBe("parameter 'a' has already been declared");
    }

    [Fact]
    public void What_is_not_declared_cannot_be_set_or_read()
    {
        _parameters.Set("x", 1).Reason.ShouldBe("parameter 'x' cannot be set because it was not declared");
        Should.Throw<ParameterException>(() => _parameters.Get("x")).Message.ShouldBe("parameter 'x' is not declared");
    }

    [Fact]
    public void A_read_only_parameter_keeps_its_value()
    {
        _parameters.Declare("a", 1, new ParameterDescriptor { ReadOnly = true });
        _parameters.Set("a", 2).ShouldBe(new SetParametersResult(false, "parameter 'a' cannot be set because it is read-only"));
        _parameters.Get<int>("a").ShouldBe(1);
    }

    [Fact]
    public void The_type_stays_unless_it_is_dynamic()
    {
        _parameters.Declare("fixed", 1);
        _parameters.Declare("free", 1, new ParameterDescriptor { DynamicTyping = true });
        _parameters.Set("fixed", "x").Successful.ShouldBeFalse();
        _parameters.Set("fixed", ParameterValue.NotSet).Successful.ShouldBeFalse();
        _parameters.Set("free", "x").Successful.ShouldBeTrue();
        _parameters.Get<string>("free").ShouldBe("x");
        _parameters.Set("free", ParameterValue.NotSet).Successful.ShouldBeTrue();
        _parameters.Has("free").ShouldBeFalse();
    }

    // rclcpp's rules: the ends are always allowed; between them every step from the lower end.
    [Theory]
    [InlineData(0.0, 1.0, 0.0, 0.0, true)]
    [InlineData(0.0, 1.0, 0.0, 1.0, true)]
    [InlineData(0.0, 1.0, 0.0, 0.37, true)]
    [InlineData(0.0, 1.0, 0.0, 1.01, false)]
    [InlineData(0.0, 1.0, 0.0, -0.01, false)]
    [InlineData(0.0, 1.0, 0.1, 0.3, true)]
    [InlineData(0.0, 1.0, 0.1, 0.35, false)]
    [InlineData(0.0, 1.05, 0.1, 1.05, true)]
    [InlineData(0.0, 1.0, 0.0, double.NaN, false)]
    public void Double_ranges_hold(double from, double to, double step, double value, bool allowed) =>
        new FloatingPointRange(from, to, step).Contains(value).ShouldBe(allowed);

    [Theory]
    [InlineData(0, 10, 0, 10, true)]
    [InlineData(0, 10, 0, 11, false)]
    [InlineData(1, 10, 3, 4, true)]
    [InlineData(1, 10, 3, 5, false)]
    [InlineData(0, 10, 3, 10, true)]
    [InlineData(long.MinValue, long.MaxValue, 2, 0, true)]
    public void Integer_ranges_hold(long from, long to, ulong step, long value, bool allowed) =>
        new IntegerRange(from, to, step).Contains(value).ShouldBe(allowed);

    [Fact]
    public void A_batch_is_set_as_a_whole_or_not_at_all()
    {
        _parameters.Declare("a", 1);
        _parameters.Declare("b", 1, new ParameterDescriptor { IntegerRange = new(0, 5) });
        _parameters.SetAtomically([new("a", ParameterValue.From(2L)), new("b", ParameterValue.From(9L))]).Successful.ShouldBeFalse();
        _parameters.Get<int>("a").ShouldBe(1);
        _parameters.SetAtomically([new("a", ParameterValue.From(2L)), new("b", ParameterValue.From(3L))]).Successful.ShouldBeTrue();
        (_parameters.Get<int>("a"), _parameters.Get<int>("b")).ShouldBe((2, 3));
    }

    [Fact]
    public void A_check_may_refuse_and_hears_of_what_changed_afterwards()
    {
        _parameters.Declare("device", "cpu");
        var changed = new List<string>();
        _parameters.Changed += parameters => changed.AddRange(parameters.Select(static p => p.ToString()));
        using (_parameters.AddOnSet(static parameters => parameters.Any(static p => p.Value.As<string>() == "tpu") ? SetParametersResult.Failure("no such device") : SetParametersResult.Success))
        {
            _parameters.Set("device", "tpu").Reason.ShouldBe("no such device");
            _parameters.Set("device", "cuda").Successful.ShouldBeTrue();
        }

        _parameters.Set("device", "tpu").Successful.ShouldBeTrue();
        changed.ShouldBe(["device: cuda", "device: tpu"]);
    }

    [Fact]
    public void A_parameters_own_check_says_what_is_allowed()
    {
        _parameters.Declare("detector", "short_range", new ParameterDescriptor
        {
            Validate = static value => value.As<string>() is "short_range" or "full_range" ? null : "short_range or full_range",
        });
        _parameters.Set("detector", "x").Reason.ShouldBe("Parameter {detector} has the value 'x', allowed is short_range or full_range.");
    }

    [Fact]
    public void Each_batch_is_recorded_once_with_new_changed_and_deleted_apart()
    {
        var records = new List<ParameterChanges>();
        _parameters.Recorded += records.Add;
        _parameters.Declare("a", 1);
        _parameters.DeclareRequired("later", ParameterType.Integer);
        _parameters.Declare("gone", 1, new ParameterDescriptor { DynamicTyping = true });
        records.Count.ShouldBe(2);
        _parameters.SetAtomically([new("a", ParameterValue.From(2L)), new("later", ParameterValue.From(3L)), new("gone", ParameterValue.NotSet)]).Successful.ShouldBeTrue();
        ParameterChanges last = records[^1];
        last.New.Select(static p => p.Name).ShouldBe(["later"]);
        last.Changed.Select(static p => p.Name).ShouldBe(["a"]);
        last.Deleted.Select(static p => p.Name).ShouldBe(["gone"]);
    }

    // rclcpp's list_parameters.
    [Theory]
    [InlineData("", 0, "a,g.a,g.b,g.h.a", "g,g.h")]
    [InlineData("", 1, "a", "")]
    [InlineData("", 2, "a,g.a,g.b", "g")]
    [InlineData("g", 0, "g.a,g.b,g.h.a", "g,g.h")]
    [InlineData("g", 1, "g.a,g.b", "g")]
    [InlineData("g.h", 0, "g.h.a", "g.h")]
    [InlineData("a", 1, "a", "")]
    [InlineData("x", 0, "", "")]
    public void Listing_counts_depth_from_the_prefix(string prefix, int depth, string names, string prefixes)
    {
        Interfaces.RclInterfaces.Msg.ListParametersResult result = ParameterServices.List(["a", "g.a", "g.b", "g.h.a"], prefix.Length == 0 ? [] : [prefix], (ulong)depth);
        string.Join(',', result.Names).ShouldBe(names);
        string.Join(',', result.Prefixes).ShouldBe(prefixes);
    }

    [Fact]
    public void Values_survive_their_message()
    {
        foreach (object value in (object[])[true, 5L, 2.5, "x", new byte[] { 1, 2 }, new[] { true, false }, new[] { 1L }, new[] { 0.5 }, new[] { "a", "b" }])
        {
            ParameterValue parameter = ParameterValue.FromObject(value);
            ParameterValue.FromMessage(parameter.ToMessage()).ShouldBe(parameter);
        }
    }
}
