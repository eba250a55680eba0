using FerRos.Perception.Benchmarks;

// Figures of the README: how long a picture takes, and how small a face may be.
return args switch
{
    ["latency", .. string[] rest] => Latency.Run(rest),
    ["smallest-face", .. string[] rest] => SmallestFace.Run(rest),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("""
        Usage: dotnet run -c Release --project benchmarks/FerRos.Perception.Benchmarks -- COMMAND
          latency [short_range|full_range] [ENCODING]   time of each stage for 640x480 with one face, one thread
          smallest-face                                 the smallest face that is found at 640x480, and its distance
        """);
    return 2;
}
