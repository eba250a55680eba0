using System.Runtime.CompilerServices;

// Native signatures are blittable throughout: nothing is marshalled behind our backs, and bool is one byte as in C.
[assembly: DisableRuntimeMarshalling]
