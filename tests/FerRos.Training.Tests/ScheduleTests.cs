using FerRos.Training.Commands;
using Shouldly;
using Xunit;

namespace FerRos.Training.Tests;

public class ScheduleTests
{
    [Fact]
    public void One_cycle_rises_to_its_peak_and_falls_to_almost_nothing()
    {
        var schedule = new OneCycle(0.002, rise: 0.3);
        schedule.Rate(0, 1001, 0).ShouldBe(0.002 / 25, 1e-12);
        schedule.Rate(150, 1001, 0).ShouldBe(0.002 * (1 + (1 / 25.0)) / 2, 1e-9);
        schedule.Rate(300, 1001, 0).ShouldBe(0.002, 1e-12);
        schedule.Rate(650, 1001, 0).ShouldBe(0.002 * (1 + 1e-4) / 2, 1e-9);
        schedule.Rate(1000, 1001, 0).ShouldBe(0.002 / 10_000, 1e-12);
        Enumerable.Range(0, 1001).Max(s => schedule.Rate(s, 1001, 0)).ShouldBe(0.002);
    }

    [Fact]
    public void The_published_schedules_have_their_rates()
    {
        new ConstantRate(0.1).Rate(1234, 2000, 7).ShouldBe(0.1);
        new InverseDecay(0.015, 0.01).Rate(100, 1000, 0).ShouldBe(0.0075, 1e-12);
        var nano = new StepDecay(1e-3, StepDecay.Nano);
        new[] { 1, 80, 81, 120, 121, 160, 161, 180, 181, 200 }.Select(epoch => nano.Rate(0, 1, epoch - 1))
            .ShouldBe([1e-3, 1e-3, 1e-4, 1e-4, 1e-5, 1e-5, 1e-6, 1e-6, 5e-7, 5e-7], 1e-12);
    }

    [Fact]
    public void A_plateau_lowers_the_rate_after_its_patience_and_not_below_the_smallest()
    {
        var schedule = new ReduceOnPlateau(0.002, 0.5, patience: 2, smallest: 0.0009);
        double After(double loss)
        {
            schedule.Observe(loss);
            return schedule.Rate(0, 1, 0);
        }

        After(1).ShouldBe(0.002);
        After(0.9).ShouldBe(0.002);
        After(0.95).ShouldBe(0.002);
        After(0.89995).ShouldBe(0.001); // less than 0.0001 better is no better
        After(0.8).ShouldBe(0.001);
        After(0.8).ShouldBe(0.001);
        After(0.8).ShouldBe(0.0009);

        var copy = new ReduceOnPlateau(0.002, 0.5, 2, 0.0009) { State = schedule.State };
        copy.Rate(0, 1, 0).ShouldBe(0.0009);
    }

    [Fact]
    public void Every_recipe_is_in_range_and_every_kind_of_schedule_is_made()
    {
        foreach (var (name, recipe) in TrainCommand.Recipes)
            recipe(new TrainingOptions { Network = "arch-1" }).Validate();
        foreach (var kind in Enum.GetValues<ScheduleKind>())
            new TrainingOptions { Network = "arch-1", Schedule = kind }.CreateSchedule().Rate(0, 10, 0).ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Options_out_of_range_are_refused_by_name()
    {
        var options = new TrainingOptions { Network = "arch-1" };
        foreach (var (wrong, name) in new (TrainingOptions, string)[]
        {
            (options with { Epochs = 0 }, "Epochs"), (options with { LearningRate = double.NaN }, "LearningRate"), (options with { Average = 1 }, "Average"),
            (options with { BatchSize = -1 }, "BatchSize"), (options with { Momentum = 1 }, "Momentum"),
            (options with { Augmentation = new AugmentationOptions { Flip = 2 } }, "Flip"),
        })
        {
            Should.Throw<ArgumentException>(wrong.Validate).Message.ShouldContain(name);
        }
    }
}
