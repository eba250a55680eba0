using System.Diagnostics;
using System.Globalization;
using FerRos.Ros2.Cdr;
using FerRos.Ros2.Dds;
using FerRos.Ros2.Middleware;

namespace FerRos.Ros2.Tests;

/// <summary>The other process: this executable with <see cref="Switch"/> and a role.</summary>
internal static class PeerProgram
{
    public const string Switch = "--peer";

    public static async Task<int> Run(string[] args)
    {
        // Input ends with the process of the tests, however that ends: nobody must be left talking in the domain.
        new Thread(static () =>
        {
            while (Console.Read() >= 0)
            {
            }

            Environment.Exit(1);
        }) { IsBackground = true }.Start();

        int domain = int.Parse(args[0], CultureInfo.InvariantCulture);
        await using var middleware = new DdsMiddleware(new MiddlewareOptions { DomainId = domain });
        await using IMiddlewareNode node = middleware.CreateNode(args[2], "/");
        switch (args[1])
        {
            case "talk":
                // talk NODE TOPIC: a line of text ten times a second until killed; says so on its output.
                await using (IMiddlewarePublisher publisher = node.CreatePublisher(args[3], Samples.StringType, QosProfile.Default))
                {
                    for (int i = 0; ; i++)
                    {
                        publisher.Publish(Samples.Text($"{args[2]} {i}"));
                        if (i == 0)
                            Console.WriteLine("talking");
                        await Task.Delay(100);
                    }
                }

            case "film":
                // film NODE TOPIC WIDTH HEIGHT COUNT FPS: pictures, once somebody has heard one numbered -1 and said so on TOPIC_go.
                await Film(node, args[3], Number(args[4]), Number(args[5]), Number(args[6]), Number(args[7]));
                return 0;

            case "watch":
                // watch NODE TOPIC: a reliable subscription to pictures.
                await using (node.CreateSubscription(args[3], Samples.ImageType, QosProfile.Default, (in ReceivedSample _) => { }))
                    await Task.Delay(Timeout.Infinite);
                return 0;

            default:
                Console.Error.WriteLine($"unknown role '{args[1]}'");
                return 2;
        }
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static async Task Film(IMiddlewareNode node, string topic, int width, int height, int count, int fps)
    {
        // A history as long as the film: what a loaded machine handles late is not lost.
        await using IMiddlewarePublisher publisher = node.CreatePublisher(topic, Samples.ImageType, QosProfile.Default with { Depth = count });
        byte[] pixels = new byte[width * height * 3];
        using var buffer = new SerializationBuffer();

        // A publisher that knows a subscription may not be known to it yet, and what it sends until then is lost.
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using IMiddlewareSubscription listener = node.CreateSubscription(
            topic + "_go", Samples.StringType, QosProfile.Default with { Durability = QosDurability.TransientLocal }, (in ReceivedSample _) => go.TrySetResult());
        while (!go.Task.IsCompleted)
        {
            publisher.Publish(Samples.Image(buffer, -1, 8, 8, new byte[8 * 8 * 3]));
            await Task.WhenAny(go.Task, Task.Delay(50));
        }

        var watch = Stopwatch.StartNew();
        for (int i = 0; i < count; i++)
        {
            TimeSpan ahead = TimeSpan.FromSeconds((double)i / fps) - watch.Elapsed;
            if (ahead > TimeSpan.Zero)
                await Task.Delay(ahead);
            pixels.AsSpan().Fill((byte)i);
            Samples.PublishPatiently(publisher, Samples.Image(buffer, i, width, height, pixels));
        }

        publisher.WaitForAcknowledgements(Wait.Long);
    }
}
