// Topics under /humans and /diagnostics are the same for all nodes of a domain: one story at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
