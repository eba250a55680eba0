using FerRos.Ros2.Benchmarks;

return args switch
{
    ["publish", var topic, .. var rest] => Publishing.Run(topic, rest),
    ["receive", var middleware, var topic, var pictures] => await Receiving.Run(middleware, topic, int.Parse(pictures, System.Globalization.CultureInfo.InvariantCulture)),
    ["latency", .. var rest] => Latency.Run(rest),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("""
        latency [ROUNDS [PICTURES]]           pictures from one process to another: rclpy, rcl, dds, in turn
        publish TOPIC [WIDTH HEIGHT RATE]     what latency starts: a camera, until standard input ends
        receive rcl|dds TOPIC PICTURES        what latency starts: hears so many pictures, tells a line of JSON
        """);
    return 2;
}
