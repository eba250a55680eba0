using FerRos.Interfaces.DiagnosticMsgs.Msg;

namespace FerRos.Node.Tests;

public class NodeHealthTests
{
    private static readonly DiagnosticsOptions Limits = new(
        TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(2), 5, TimeSpan.FromSeconds(-1), TimeSpan.FromSeconds(5));

    private static readonly NodeHealth Well = new()
    {
        State = "active", Topic = "/image", Publishers = 1, IsCamera = true, InputRate = 30, OutputRate = 30, Refused = 0,
        Latency = TimeSpan.FromMilliseconds(20), Ages = new PictureAges(30, TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(60), false),
    };

    public static TheoryData<string, byte, string> Stories => new()
    {
        { "well", DiagnosticStatus.Ok, "seeing" },
        { "inactive", DiagnosticStatus.Ok, "inactive" },
        { "no camera", DiagnosticStatus.Warn, "no publisher on /image" },
        { "silent camera", DiagnosticStatus.Warn, "no pictures on /image" },
        { "slow", DiagnosticStatus.Warn, "latency 0.60 s is above 0.5 s" },
        { "very slow", DiagnosticStatus.Error, "latency 2.50 s is above 2 s" },
        { "few pictures", DiagnosticStatus.Warn, "3.0 pictures a second, below 5" },
        { "a bag without simulated time", DiagnosticStatus.Error, "pictures are 86400.0 s old: clocks differ, or use_sim_time is missing" },
        { "a camera ahead of time", DiagnosticStatus.Error, "stamps lie 2.0 s in the future: clocks differ" },
        { "no stamps", DiagnosticStatus.Error, "pictures on /image have no stamp" },
        { "refused pictures", DiagnosticStatus.Warn, "3 pictures were refused" },
        { "slow and late", DiagnosticStatus.Error, "pictures are 86400.0 s old: clocks differ, or use_sim_time is missing; latency 0.60 s is above 0.5 s" },
        { "another detector without a face", DiagnosticStatus.Ok, "seeing" },
    };

    [Theory]
    [MemberData(nameof(Stories))]
    public void The_message_says_what_is_wrong(string story, byte level, string message)
    {
        var old = new PictureAges(30, TimeSpan.FromDays(1), TimeSpan.FromDays(1), false);
        var health = story switch
        {
            "inactive" => Well with { Topic = "", State = "inactive" },
            "no camera" => Well with { Publishers = 0, InputRate = 0, OutputRate = 0 },
            "silent camera" => Well with { InputRate = 0, OutputRate = 0, Ages = default },
            "slow" => Well with { Latency = TimeSpan.FromSeconds(0.6) },
            "very slow" => Well with { Latency = TimeSpan.FromSeconds(2.5) },
            "few pictures" => Well with { OutputRate = 3 },
            "a bag without simulated time" => Well with { Ages = old },
            "a camera ahead of time" => Well with { Ages = new PictureAges(3, TimeSpan.FromSeconds(-2), TimeSpan.Zero, false) },
            "no stamps" => Well with { Ages = old with { Unstamped = true } },
            "refused pictures" => Well with { Refused = 3 },
            "slow and late" => Well with { Latency = TimeSpan.FromSeconds(0.6), Ages = old },
            "another detector without a face" => Well with { IsCamera = false, InputRate = 0, OutputRate = 0, Ages = default },
            _ => Well,
        };

        health.Judge(Limits).ShouldBe((level, message));
    }
}
