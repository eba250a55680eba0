// The compiler needs this type for records and init accessors; .NET Standard 2.0 lacks it.
namespace System.Runtime.CompilerServices;

internal static class IsExternalInit;
