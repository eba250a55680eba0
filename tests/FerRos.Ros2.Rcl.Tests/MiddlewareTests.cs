using System.Collections.Concurrent;
using System.Diagnostics;
using FerRos.Ros2.Middleware;
using FerRos.Ros2.Tests;
using Shouldly;
using Xunit;

namespace FerRos.Ros2.Rcl.Tests;

[Trait("Needs", "ros")]
public sealed class MiddlewareTests
{
    [Theory, ClassData(typeof(Distributions))]
    public async Task It_names_the_distribution_the_rmw_and_the_domain(string distribution)
    {
        if (Sourced.Elsewhere(distribution)) return;
        RclMiddleware.IsAvailable(out var reason).ShouldBeTrue(reason);
        var domain = TestDomain.Take();
        await using var inherited = RclMiddleware.Create(new MiddlewareOptions());
        await using var given = RclMiddleware.Create(new MiddlewareOptions { DomainId = domain });

        inherited.Name.ShouldBe($"rcl ({distribution}, rmw_fastrtps_cpp)");
        inherited.DomainId.ShouldBe(int.Parse(Environment.GetEnvironmentVariable("ROS_DOMAIN_ID") ?? "0"));
        given.DomainId.ShouldBe(domain);
    }

    [Theory, ClassData(typeof(Distributions))]
    public async Task Domains_do_not_hear_each_other(string distribution)
    {
        if (Sourced.Elsewhere(distribution)) return;
        var heard = new ConcurrentQueue<string>();
        await using var here = RclMiddleware.Create(new MiddlewareOptions());
        await using var there = RclMiddleware.Create(new MiddlewareOptions { DomainId = TestDomain.Take() });
        await using var listener = here.CreateNode("listener", "/tests");
        await using var near = here.CreateNode("near", "/tests").CreatePublisher("/tests/domain", Cdr.String, QosProfile.Default);
        await using var far = there.CreateNode("far", "/tests").CreatePublisher("/tests/domain", Cdr.String, QosProfile.Default);
        await using var subscription = listener.CreateSubscription("/tests/domain", Cdr.String, QosProfile.Default, (in ReceivedSample sample) =>
            heard.Enqueue(Cdr.ReadText(sample.Cdr)));
        await Wait.Until(() => near.SubscriptionCount == 1, "the match");

        far.Publish(Cdr.Whole(Cdr.Text("far")));
        near.Publish(Cdr.Whole(Cdr.Text("near")));

        (await heard.Next("the near one")).ShouldBe("near");
        far.SubscriptionCount.ShouldBe(0);
    }

    [Theory, ClassData(typeof(Distributions))]
    public void A_domain_that_cannot_be_is_refused(string distribution)
    {
        if (Sourced.Elsewhere(distribution)) return;
        Should.Throw<MiddlewareException>(() => RclMiddleware.Create(new MiddlewareOptions { DomainId = 233 })).Message.ShouldContain("233");
        Should.Throw<MiddlewareException>(() => RclMiddleware.Create(new MiddlewareOptions { DomainId = -1 })).Message.ShouldContain("-1");
    }

    [Theory, ClassData(typeof(Distributions))]
    public async Task Names_that_ros_does_not_allow_are_refused_with_rcls_reason(string distribution)
    {
        if (Sourced.Elsewhere(distribution)) return;
        await using var middleware = RclMiddleware.Create(new MiddlewareOptions());
        Should.Throw<MiddlewareException>(() => middleware.CreateNode("no spaces", "/")).Message.ShouldContain("alphanumerics");
        Should.Throw<MiddlewareException>(() => middleware.CreateNode("1st", "/")).Message.ShouldContain("number");
        Should.Throw<MiddlewareException>(() => middleware.CreateNode("node", "/no spaces")).Message.ShouldContain("alphanumerics");
        await using var node = middleware.CreateNode("node", "/tests");
        Should.Throw<MiddlewareException>(() => node.CreatePublisher("/tests/no spaces", Cdr.String, QosProfile.Default)).Message.ShouldContain("/tests/no spaces");
        Should.Throw<MiddlewareException>(() => node.CreateSubscription("/tests/1st", Cdr.String, QosProfile.Default, (in ReceivedSample _) => { }))
            .Message.ShouldContain("RCL_RET_TOPIC_NAME_INVALID");
        Should.Throw<MiddlewareException>(() => node.CreateService("/tests//x", Cdr.Empty, QosProfile.Services, (RequestId _, in ReceivedSample _) => { }))
            .Message.ShouldContain("RCL_RET_SERVICE_NAME_INVALID");
        Should.Throw<MiddlewareException>(() => node.CreatePublisher("/tests/depth", Cdr.String, new QosProfile { Depth = 0 })).Message.ShouldContain("depth of 0");
    }

    [Theory, ClassData(typeof(Distributions))]
    public async Task A_type_that_is_not_installed_is_refused_with_the_package_to_install(string distribution)
    {
        if (Sourced.Elsewhere(distribution)) return;
        await using var middleware = RclMiddleware.Create(new MiddlewareOptions());
        await using var node = middleware.CreateNode("typeless", "/tests");

        var missing = Should.Throw<MissingTypeSupportException>(() =>
            node.CreatePublisher("/humans/faces/tracked", new InterfaceType("hri_msgs/msg/IdsList", ""), QosProfile.Default));
        missing.Message.ShouldContain($"ros-{distribution}-hri-msgs");
        missing.Message.ShouldContain("setup.bash");

        // The package is there, this type is not in it.
        Should.Throw<MissingTypeSupportException>(() => node.CreatePublisher("/tests/x", new InterfaceType("std_msgs/msg/Strinng", ""), QosProfile.Default))
            .Message.ShouldContain($"ros-{distribution}-std-msgs");

        // The type is there, with other fields.
        var other = Should.Throw<MissingTypeSupportException>(() => node.CreatePublisher("/tests/x", new InterfaceType("std_msgs/msg/String", Cdr.Image.Hash), QosProfile.Default));
        other.Message.ShouldContain(Cdr.String.Hash);
        other.Message.ShouldContain(Cdr.Image.Hash);

        Should.Throw<MiddlewareException>(() => node.CreatePublisher("/tests/x", new InterfaceType("../msg/String", ""), QosProfile.Default)).Message.ShouldContain("../msg/String");
        var service = new ServiceInterfaceType("ferros_msgs/srv/Nothing", "", new InterfaceType("", ""), new InterfaceType("", ""));
        Should.Throw<MissingTypeSupportException>(() => node.CreateClient("/tests/x", service, QosProfile.Services, (long _, in ReceivedSample _) => { }))
            .Message.ShouldContain($"ros-{distribution}-ferros-msgs");
    }

    [Theory, ClassData(typeof(Distributions))]
    public async Task Samples_are_received_and_published_without_allocation(string distribution)
    {
        if (Sourced.Elsewhere(distribution)) return;
        const int WarmUp = 50, Samples = 300;
        var received = 0;
        long before = 0;
        long after = 0;
        await using var middleware = RclMiddleware.Create(new MiddlewareOptions());
        await using var node = middleware.CreateNode("frugal", "/tests");
        await using var subscription = node.CreateSubscription("/tests/frugal", Cdr.Image, QosProfile.Default, (in ReceivedSample sample) =>
        {
            var count = received + 1;
            if (count == WarmUp) before = GC.GetAllocatedBytesForCurrentThread();
            if (count == WarmUp + Samples) after = GC.GetAllocatedBytesForCurrentThread();
            Volatile.Write(ref received, count);
        });
        await using var publisher = node.CreatePublisher("/tests/frugal", Cdr.Image, QosProfile.Default);
        await Wait.Until(() => publisher.SubscriptionCount == 1, "the match");
        var message = Cdr.InTwo(Cdr.ImageHead(1, 160, 120), new byte[160 * 120 * 3]);

        long publishing = 0;
        for (var i = 0; i < WarmUp + Samples; i++)
        {
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            publisher.Publish(message);
            if (i >= WarmUp) publishing += GC.GetAllocatedBytesForCurrentThread() - allocated;
            await Wait.Until(() => Volatile.Read(ref received) == i + 1, $"sample {i}");
        }

        // The runtime itself allocates a few octets once when it compiles a hot method anew; the smallest object a sample
        // would be 24 octets, 300 times.
        (after - before).ShouldBeLessThan(Samples);
        publishing.ShouldBeLessThan(Samples);
    }

    [Theory, ClassData(typeof(Distributions))]
    public async Task A_thousand_publishers_and_subscriptions_leave_no_memory_behind(string distribution)
    {
        if (Sourced.Elsewhere(distribution)) return;
        await using var middleware = RclMiddleware.Create(new MiddlewareOptions());
        await using var node = middleware.CreateNode("busy", "/tests");

        // An entity of Fast DDS takes tens of kilobytes: a leak of each would be far more than this.
        const long Limit = 4L << 20;

        // Until pools and compiled code have their size. They may still grow once; a leak grows every time.
        await Churn(3000);
        var growth = long.MaxValue;
        for (var round = 0; round < 5 && growth >= Limit; round++)
        {
            var before = ResidentBytes();
            await Churn(1000);
            growth = Math.Min(growth, ResidentBytes() - before);
        }

        growth.ShouldBeLessThan(Limit);

        async Task Churn(int count)
        {
            for (var i = 0; i < count; i++)
            {
                var publisher = node.CreatePublisher("/tests/churn", Cdr.String, QosProfile.Default, (in EndpointEvent _) => { });
                if (i % 4 == 0)
                {
                    var subscription = node.CreateSubscription("/tests/churn", Cdr.String, QosProfile.Default, (in ReceivedSample _) => { }, (in EndpointEvent _) => { });
                    publisher.Publish(Cdr.Whole(Cdr.Text("churn")));
                    await subscription.DisposeAsync();
                }

                await publisher.DisposeAsync();
            }
        }

        static long ResidentBytes()
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            GC.Collect();
            using var process = Process.GetCurrentProcess();
            return process.WorkingSet64;
        }
    }

    [Theory, ClassData(typeof(Distributions))]
    public async Task Everything_may_be_left_to_the_garbage_collector_in_any_order(string distribution)
    {
        if (Sourced.Elsewhere(distribution)) return;
        for (var i = 0; i < 5; i++)
        {
            Abandon();
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        // The process lives, and the library still works.
        await using var middleware = RclMiddleware.Create(new MiddlewareOptions());
        await using var node = middleware.CreateNode("after", "/tests");
        await using var publisher = node.CreatePublisher("/tests/after", Cdr.String, QosProfile.Default);
        publisher.Publish(Cdr.Whole(Cdr.Text("still here")));

        static void Abandon()
        {
            var context = new RclContextHandle(domainId: null);
            var node = new RclNodeHandle(context, "abandoned", "/tests");
            for (var i = 0; i < 5; i++) _ = new RclPublisherHandle(node, RclTypeSupport.Message(Cdr.String), "/tests/abandoned", QosProfile.Default);
            var subscription = new RclSubscriptionHandle(node, RclTypeSupport.Message(Cdr.String), "/tests/abandoned", QosProfile.Default);
            RclEventHandle.Create(subscription, 2).ShouldNotBeNull();
        }
    }

    [Theory, ClassData(typeof(Distributions))]
    public async Task What_was_disposed_of_says_so(string distribution)
    {
        if (Sourced.Elsewhere(distribution)) return;
        var middleware = RclMiddleware.Create(new MiddlewareOptions());
        var node = middleware.CreateNode("gone", "/tests");
        var publisher = node.CreatePublisher("/tests/gone", Cdr.String, QosProfile.Default);
        var client = node.CreateClient("/tests/gone", Cdr.Empty, QosProfile.Services, (long _, in ReceivedSample _) => { });
        await middleware.DisposeAsync();
        await middleware.DisposeAsync();
        await node.DisposeAsync();
        await publisher.DisposeAsync();

        Should.Throw<ObjectDisposedException>(() => middleware.CreateNode("next", "/tests"));
        Should.Throw<ObjectDisposedException>(() => node.CreatePublisher("/tests/gone", Cdr.String, QosProfile.Default));
        Should.Throw<ObjectDisposedException>(() => node.GetNodeNames());
        Should.Throw<ObjectDisposedException>(() => publisher.Publish(Cdr.Whole(Cdr.Text("gone"))));
        Should.Throw<ObjectDisposedException>(() => client.Send(Cdr.Whole(Cdr.Bool(false))));
    }
}

/// <summary>What needs no ROS 2, or its absence.</summary>
public sealed class UnsourcedTests
{
    [Fact]
    public void Without_a_sourced_ros_the_middleware_is_not_available_and_says_why()
    {
        if (Environment.GetEnvironmentVariable("ROS_DISTRO") is not null) Assert.Skip("A ROS 2 is sourced.");
        RclMiddleware.IsAvailable(out var reason).ShouldBeFalse();
        reason.ShouldContain("ROS_DISTRO");
        if (RclLibrary.TryLoad(out _)) Assert.Skip("A librcl.so is in the loader's path.");
        var exception = Should.Throw<MiddlewareException>(() => RclMiddleware.Create(new MiddlewareOptions()));
        exception.Message.ShouldContain("librcl.so");
        exception.Message.ShouldContain("setup.bash");
        exception.Message.ShouldContain("--middleware dds");
    }

    [Fact]
    public void Durations_keep_their_value_through_rmws_structure()
    {
        var qos = new QosProfile
        {
            History = QosHistory.KeepAll,
            Depth = 7,
            Reliability = QosReliability.BestEffort,
            Durability = QosDurability.TransientLocal,
            Liveliness = QosLiveliness.ManualByTopic,
            Deadline = TimeSpan.FromMilliseconds(33.3),
            Lifespan = TimeSpan.FromSeconds(10),
            LivelinessLease = TimeSpan.FromTicks(1),
        };
        RclQos.FromNative(RclQos.ToNative(qos)).ShouldBe(qos);
        RclQos.FromNative(RclQos.ToNative(QosProfile.Default)).ShouldBe(QosProfile.Default);
        Should.Throw<MiddlewareException>(() => RclQos.ToNative(new QosProfile { Deadline = TimeSpan.Zero })).Message.ShouldContain("Deadline");
    }
}
