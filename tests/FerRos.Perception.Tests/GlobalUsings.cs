global using FerRos.Perception.Tests.Support;
global using Shouldly;
global using Xunit;
