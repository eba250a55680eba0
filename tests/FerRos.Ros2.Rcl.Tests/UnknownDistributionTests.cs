using System.Diagnostics;
using System.Reflection;
using FerRos.Ros2.Middleware;
using Shouldly;
using Xunit;

namespace FerRos.Ros2.Rcl.Tests;

/// <summary>A distribution that is not out yet: a librcl.so made by gcc, in which options of publishers have grown in the middle.</summary>
public sealed class UnknownDistributionTests
{
    private const string Distribution = "zombie";

    private const string Source = """
        #include <stddef.h>
        #include <stdlib.h>
        #include <string.h>

        typedef struct { void *(*allocate)(size_t, void *); void (*deallocate)(void *, void *); void *(*reallocate)(void *, size_t, void *);
                         void *(*zero_allocate)(size_t, size_t, void *); void *state; } allocator_t;
        typedef struct { int history; size_t depth; int reliability, durability; size_t times[8]; } qos_t;
        typedef struct { qos_t qos; char new_policy[8]; allocator_t allocator; char rest[24]; } options_t;

        static void *a(size_t n, void *s) { return malloc(n); }
        static void d(void *p, void *s) { free(p); }
        static void *r(void *p, size_t n, void *s) { return realloc(p, n); }
        static void *z(size_t n, size_t m, void *s) { return calloc(n, m); }

        allocator_t rcutils_get_default_allocator(void) { allocator_t x = {a, d, r, z, NULL}; return x; }
        char rcutils_error_is_set(void) { return 0; }

        options_t rcl_publisher_get_default_options(void) {
          options_t o;
          memset(&o, 0, sizeof o);
          o.qos.history = 1; o.qos.depth = 10; o.qos.reliability = 1; o.qos.durability = 2;
          o.allocator = rcutils_get_default_allocator();
          return o;
        }
        """;

    [Fact]
    public void A_distribution_with_other_structures_is_refused_by_its_name()
    {
        if (Environment.GetEnvironmentVariable("ROS_DISTRO") == Distribution)
        {
            // In the second process.
            RclMiddleware.IsAvailable(out _).ShouldBeTrue();
            var exception = Should.Throw<MiddlewareException>(() => RclMiddleware.Create(new MiddlewareOptions()));
            exception.Message.ShouldContain(Distribution);
            exception.Message.ShouldContain("rcl_publisher_options_t");
            exception.Message.ShouldContain("--middleware dds");
            return;
        }

        if (!File.Exists("/usr/bin/gcc")) Assert.Skip("gcc is not installed.");
        var folder = Directory.CreateTempSubdirectory("ferros-zombie-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "rcl.c"), Source);
            Run("gcc", ["-w", "-shared", "-fPIC", "-o", Path.Combine(folder, "librcl.so"), Path.Combine(folder, "rcl.c")]);
            Run(
                "dotnet",
                ["exec", Assembly.GetExecutingAssembly().Location, "-noColor", "-method", $"*.{nameof(A_distribution_with_other_structures_is_refused_by_its_name)}"],
                ("ROS_DISTRO", Distribution),
                ("LD_LIBRARY_PATH", folder)).ShouldContain("Total: 1, Errors: 0, Failed: 0, Skipped: 0");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Run(string program, string[] arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.ShouldBe(0, output);
        return output;
    }
}
