using FerRos.Torch.Native;
using Shouldly;
using Xunit;

namespace FerRos.Torch.Tests;

public class ShimLoaderTests
{
    [Fact]
    public void A_missing_library_says_what_to_install()
    {
        var error = Should.Throw<TorchNotInstalledException>(() => ShimLoader.Load(["/nowhere"]));
        error.Message.ShouldContain("/nowhere");
        error.Message.ShouldContain("apt-get install libtorch-dev libopenblas0-pthread cmake g++");
        error.Message.ShouldContain("build.sh");
    }

    [Fact]
    public void A_damaged_library_says_what_the_linker_said()
    {
        var folder = Directory.CreateTempSubdirectory("ferros-torch-");
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, "libferros_torch.so"), "no library");
            var error = Should.Throw<TorchNotInstalledException>(() => ShimLoader.Load([folder.FullName]));
            error.Message.ShouldContain("does not load");
            error.InnerException.ShouldBeOfType<DllNotFoundException>();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void A_library_of_other_sources_is_refused()
    {
        var folder = Directory.CreateTempSubdirectory("ferros-torch-");
        try
        {
            // Any library without the shim's interface number.
            var other = Directory.EnumerateFiles(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "libSystem.Native.so").Single();
            File.Copy(other, Path.Combine(folder.FullName, "libferros_torch.so"));
            Should.Throw<TorchNotInstalledException>(() => ShimLoader.Load([folder.FullName])).Message.ShouldContain("other sources");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
