using System.Security.Cryptography;
using System.Text;
using FerRos.Interfaces.RclInterfaces.Srv;
using FerRos.Interfaces.TypeDescriptionInterfaces.Msg;
using FerRos.Interfaces.TypeDescriptionInterfaces.Srv;
using Shouldly;

namespace FerRos.Ros2.Tests.Client;

public sealed class TypeDescriptionTests
{
    // A description is right when the hash that REP-2011 defines over it is the type's own.
    [Fact]
    public void Every_description_hashes_to_the_hash_of_its_type()
    {
        _ = GetParameters.Type;
        InterfaceRegistry.MessageNames.Count.ShouldBeGreaterThan(20);
        foreach (string name in InterfaceRegistry.MessageNames)
        {
            InterfaceRegistry.TryGetMessage(name, out MessageDescriptor? type).ShouldBeTrue();
            if (type!.TypeHash.Length == 0)
                continue;
            var service = new TypeDescriptionService();
            service.Add(type.Interface);
            Check(service, name, type.TypeHash);
        }

        foreach (string name in InterfaceRegistry.ServiceNames)
        {
            InterfaceRegistry.TryGetService(name, out ServiceDescriptor? type).ShouldBeTrue();
            var service = new TypeDescriptionService();
            service.Add(type!.Interface);
            Check(service, name, type.TypeHash);
        }
    }

    [Fact]
    public void The_source_is_given_when_it_is_asked_for()
    {
        var service = new TypeDescriptionService();
        service.Add(GetParameters.Type.Interface);
        GetTypeDescription.Response with = service.Describe(new GetTypeDescription.Request { TypeName = "rcl_interfaces/srv/GetParameters", TypeHash = GetParameters.Type.Interface.Hash });
        with.TypeSources[0].Encoding.ShouldBe("srv");
        with.TypeSources[0].RawFileContents.ShouldContain("string[] names");
        with.TypeSources.Count.ShouldBe(with.TypeDescription.ReferencedTypeDescriptions.Count + 1);
        GetTypeDescription.Response without = service.Describe(new GetTypeDescription.Request
        {
            TypeName = "rcl_interfaces/srv/GetParameters", TypeHash = GetParameters.Type.Interface.Hash, IncludeTypeSources = false,
        });
        without.TypeSources.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("rcl_interfaces/srv/GetParameters", "RIHS01_00")]
    [InlineData("rcl_interfaces/srv/SetParameters", "RIHS01_56eed9a67e169f9cb6c1f987bc88f868c14a8fc9f743a263bc734c154015d7e0")]
    [InlineData("nothing", "")]
    public void Types_that_the_node_does_not_use_are_refused(string name, string hash)
    {
        var service = new TypeDescriptionService();
        service.Add(GetParameters.Type.Interface);
        GetTypeDescription.Response response = service.Describe(new GetTypeDescription.Request { TypeName = name, TypeHash = hash });
        response.Successful.ShouldBeFalse();
        response.FailureReason.ShouldContain("Type not currently in use by this node");
    }

    private static void Check(TypeDescriptionService service, string name, string hash)
    {
        GetTypeDescription.Response response = service.Describe(new GetTypeDescription.Request { TypeName = name, TypeHash = hash });
        response.Successful.ShouldBeTrue(response.FailureReason);
        string json = $"{{\"type_description\": {Json(response.TypeDescription.TypeDescriptionValue)}, \"referenced_type_descriptions\": [{string.Join(", ", response.TypeDescription.ReferencedTypeDescriptions.Select(Json))}]}}";
        ("RIHS01_" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(json)))).ShouldBe(hash, name);
    }

    private static string Json(IndividualTypeDescription type) =>
        $"{{\"type_name\": \"{type.TypeName}\", \"fields\": [{string.Join(", ", type.Fields.Select(Json))}]}}";

    private static string Json(Field field) =>
        $"{{\"name\": \"{field.Name}\", \"type\": {{\"type_id\": {field.Type.TypeId}, \"capacity\": {field.Type.Capacity}, \"string_capacity\": {field.Type.StringCapacity}, \"nested_type_name\": \"{field.Type.NestedTypeName}\"}}}}";
}
