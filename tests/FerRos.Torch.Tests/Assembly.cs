using Xunit;

// The count of live native tensors is one for the process, and libtorch's seed too.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
