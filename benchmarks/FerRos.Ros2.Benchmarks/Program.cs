using System.Globalization;
using FerRos.Ros2.Benchmarks;

return args switch
{
    ["publish", var topic, var reliability, .. var rest] => Publishing.Run(topic, reliability, rest),
    ["receive", var middleware, var topic, var pictures, var reliability] =>
        await Receiving.Run(middleware, topic, int.Parse(pictures, CultureInfo.InvariantCulture), reliability),
    ["latency", .. var rest] => Latency.Run(rest),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("""
        latency [ROUNDS [PICTURES]]                               pictures from one process to another: the receivers in turn
        publish TOPIC reliable|best_effort [WIDTH HEIGHT RATE]    what latency starts: a camera, until standard input ends
        receive rcl|dds TOPIC PICTURES reliable|best_effort       what latency starts: hears that many, tells a line of JSON
        """);
    return 2;
}
