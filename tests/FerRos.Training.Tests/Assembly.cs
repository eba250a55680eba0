using Xunit;

// libtorch's seed, and its threads, are those of the process.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
