using FerRos.OpenCv.Native;

namespace FerRos.OpenCv.Tests;

public class LoaderTests
{
    [Fact]
    public void Without_the_library_the_error_says_what_to_install_and_to_run()
    {
        using TestPictures.Folder folder = new();
        OpenCvNotFoundException error = Should.Throw<OpenCvNotFoundException>(() => ShimLoader.Load([folder.Name]));
        error.ShouldBeAssignableTo<DllNotFoundException>();
        error.Message.ShouldContain(folder.Name);
        error.Message.ShouldContain("apt-get install libopencv-dev cmake g++");
        error.Message.ShouldContain("src/FerRos.OpenCv/native/build.sh");
    }

    [Fact]
    public void A_library_that_does_not_load_says_why()
    {
        using TestPictures.Folder folder = new();
        File.WriteAllText(folder["libferros_opencv.so"], new string('x', 4096));
        string message = Should.Throw<OpenCvNotFoundException>(() => ShimLoader.Load([folder.Name])).Message;
        TestContext.Current.TestOutputHelper!.WriteLine(message);
        message.ShouldContain("invalid ELF header");
    }

    [Fact]
    public void A_library_with_another_interface_is_refused()
    {
        using TestPictures.Folder folder = new();
        string other = Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "libSystem.Native.so");
        File.Copy(other, folder["libferros_opencv.so"]);
        Should.Throw<OpenCvNotFoundException>(() => ShimLoader.Load([folder.Name])).Message.ShouldContain("interface 0");
    }

    [Fact]
    public void The_version_is_one_that_the_shim_is_written_for()
    {
        Version version = Version.Parse(Cv2.GetVersionString().Split('-')[0]);
        version.ShouldBeGreaterThanOrEqualTo(new Version(4, 5));
    }
}
