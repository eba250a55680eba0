using System.CommandLine;
using FerRos.Training.Commands;
using Shouldly;
using Xunit;

namespace FerRos.Training.Tests;

/// <summary>What all commands have in common.</summary>
public sealed class CommandGuardTests
{
    [Fact]
    public async Task Who_stops_a_command_is_told_that_it_has_stopped()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var (code, text) = await Run(
            async (_, cancellation) =>
            {
                await stop.CancelAsync();
                await Task.Delay(Timeout.Infinite, cancellation);
                return 0;
            },
            stop.Token);
        (code, text).ShouldBe((ExitCodes.Interrupted, "ferros outer inner: stopped\n"));
    }

    [Fact]
    public async Task An_error_names_the_command_as_it_was_typed()
    {
        var (code, text) = await Run((_, _) => throw new IOException("there is no such file"), TestContext.Current.CancellationToken);
        (code, text).ShouldBe((ExitCodes.Usage, "ferros outer inner: there is no such file\n"));
    }

    private static async Task<(int Code, string Text)> Run(Func<ParseResult, CancellationToken, Task<int>> action, CancellationToken cancellation)
    {
        Command inner = new("inner");
        inner.SetGuarded(action);
        using var writer = new StringWriter();
        var code = await new RootCommand { new Command("outer") { inner } }.Parse(["outer", "inner"]).InvokeAsync(
            new InvocationConfiguration { Output = writer, Error = writer }, cancellation);
        return (code, writer.ToString());
    }
}
