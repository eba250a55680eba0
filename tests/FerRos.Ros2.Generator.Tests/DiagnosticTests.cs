using Microsoft.CodeAnalysis;
using Shouldly;
using Xunit;

namespace FerRos.Ros2.Generator.Tests;

public class DiagnosticTests
{
    [Theory]
    [InlineData("int32 a\nwstring b", "FERROS002 2:1 wstring is not supported")]
    [InlineData("wstring<=5[] b", "FERROS002 1:1 wstring")]
    [InlineData("wstring W=\"a\"", "FERROS002 1:1 wstring")]
    [InlineData("int32", "FERROS001 1:1 'int32' is not a field")]
    [InlineData("int32 a\n\n# c\nuint33 b", "FERROS003 4:1 'uint33' is neither a primitive type nor a message")]
    [InlineData("int32[3 b", "FERROS003 1:1 'int32[3'")]
    [InlineData("int32] b", "FERROS001 1:1 'int32]' has no '['")]
    [InlineData("a/b/C d", "FERROS003 1:1 'a/b/C'")]
    [InlineData("Other x", "FERROS003 1:7 the type 'Other' of 'x' is unknown: my_msgs/msg/Other")]
    [InlineData("no_msgs/Thing[4] x", "FERROS003 1:18 the type 'no_msgs/Thing[4]' of 'x' is unknown: no_msgs/msg/Thing")]
    [InlineData("time stamp", "FERROS003 1:1 'time' is a type of ROS 1; use builtin_interfaces/Time")]
    [InlineData("int32 Abc", "FERROS004 1:7 'Abc' is not a field name")]
    [InlineData("int32 a__b", "FERROS004 1:7 'a__b'")]
    [InlineData("int32 a_", "FERROS004 1:7 'a_'")]
    [InlineData("int32 1a", "FERROS004 1:7 '1a'")]
    [InlineData("int32 ä", "FERROS004 1:7 'ä'")]
    [InlineData("int32 abc=1", "FERROS004 1:7 'abc' is not a constant name")]
    [InlineData("int32 A__B=1", "FERROS004 1:7 'A__B'")]
    [InlineData("int32 A_ = 1", "FERROS004 1:7 'A_'")]
    [InlineData("int32 a\nstring a", "FERROS005 2:8 there are two fields 'a'")]
    [InlineData("int32 A=1\nint32 A=1", "FERROS005 2:7 there are two constants 'A'")]
    [InlineData("uint8 A=256", "FERROS006 1:9 '256' is not a value of 'uint8'")]
    [InlineData("int8 A=-129", "FERROS006 1:8 '-129'")]
    [InlineData("uint64 A=18446744073709551616", "FERROS006 1:10 '18446744073709551616'")]
    [InlineData("int32 A=", "FERROS006 1:9 the value of the 'int32' is missing")]
    [InlineData("int32 a 1.5", "FERROS006 1:9 '1.5'")]
    [InlineData("bool a yes", "FERROS006 1:8 'yes' is not a value of 'bool'")]
    [InlineData("float32 a 1,5", "FERROS006 1:11 '1,5'")]
    [InlineData("char a 'x'", "FERROS006 1:8 ''x''")]
    [InlineData("int32[2] a [1, 2, 3]", "FERROS006 1:12 'int32[2]' has 2 elements, its default 3")]
    [InlineData("int32[<=2] a [1, 2, 3]", "FERROS006 1:14 'int32[<=2]' has at most 2 elements, its default 3")]
    [InlineData("int32[] a 1", "FERROS006 1:11 the default of 'int32[]' stands in brackets")]
    [InlineData("int32[] a [1,,2]", "FERROS006 1:11 element 1 of [1,,2] is empty")]
    [InlineData("int32[] a [1, x]", "FERROS006 1:11 'x' is not a value")]
    [InlineData("string a \"b", "FERROS006 1:10 the quote of \"b is not closed")]
    [InlineData("string a \"b # c\"", "FERROS006 1:10 the quote of \"b is not closed (a '#' begins a comment even inside quotes)")]
    [InlineData("string a \"b\"c\"", "FERROS006 1:10 after the closing quote")]
    [InlineData("string<=2 a \"abc\"", "FERROS006 1:13 \"abc\" is longer than the bound of 'string<=2'")]
    [InlineData("builtin_interfaces/Time t 5", "FERROS006 1:27 a field of the message type")]
    [InlineData("int32[0] a", "FERROS007 1:7 '0' is not a size")]
    [InlineData("int32[-1] a", "FERROS007 1:7 '-1'")]
    [InlineData("int32[<=x] a", "FERROS007 1:7 '<=x'")]
    [InlineData("int32[99999999999] a", "FERROS007 1:7 '99999999999'")]
    [InlineData("string<=0 a", "FERROS007 1:1 'string<=0' is not a bounded string")]
    [InlineData("string<5 a", "FERROS007 1:1 'string<5'")]
    [InlineData("string<=5 A=\"x\"", "FERROS001 1:11 a constant has a primitive type, not 'string<=5'")]
    [InlineData("int32[] A=[1]", "FERROS001 1:9 a constant has a primitive type")]
    [InlineData("Test again", "FERROS009 1:6 my_msgs/msg/Test contains itself by its field 'again'")]
    public void What_is_wrong_is_reported_with_its_place(string text, string finding) => Generation.Of(text).Finding().ShouldStartWith(finding);

    [Fact]
    public void Every_finding_is_an_error_at_its_file()
    {
        Diagnostic diagnostic = Generation.Of("\nnothing").Diagnostics.ShouldHaveSingleItem();
        diagnostic.Severity.ShouldBe(DiagnosticSeverity.Error);
        diagnostic.Location.GetLineSpan().Path.ShouldBe("my_msgs/msg/Test.msg");
        diagnostic.Location.GetLineSpan().StartLinePosition.Line.ShouldBe(1);
    }

    [Fact]
    public void Several_mistakes_in_one_file_are_all_reported() =>
        Generation.Of("int33 a\nint32 B\nint32 c 1.5").Diagnostics.Select(d => d.Id).ShouldBe(["FERROS003", "FERROS004", "FERROS006"]);

    [Fact]
    public void Messages_that_use_a_broken_one_are_not_blamed_for_it()
    {
        Generation run = Generation.Run(
            ("my_msgs/msg/Broken.msg", "int33 a"),
            ("my_msgs/msg/User.msg", "Broken b"),
            ("my_msgs/msg/Good.msg", "int32 a"));
        run.Finding().ShouldStartWith("FERROS003 1:1 'int33'");
        run.Source.ShouldContain("record Good");
        run.Source.ShouldNotContain("record User");
    }

    [Fact]
    public void Messages_that_contain_each_other_are_refused()
    {
        Generation run = Generation.Run(("my_msgs/msg/A.msg", "B b"), ("my_msgs/msg/B.msg", "A[] a"));
        run.Diagnostics.ShouldAllBe(d => d.Id == "FERROS009");
        run.Diagnostics.ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("my_msgs/action/Move.action", "FERROS008", "actions and .idl files are not supported")]
    [InlineData("somewhere/Name.msg", "FERROS008", "set Package")]
    [InlineData("My_msgs/msg/Name.msg", "FERROS008", "My_msgs")]
    [InlineData("my_msgs/msg/name.msg", "FERROS004", "'name' is not an interface name")]
    [InlineData("my_msgs/msg/My_name.msg", "FERROS004", "'My_name'")]
    public void A_file_that_cannot_be_placed_is_refused(string path, string id, string text)
    {
        Diagnostic diagnostic = Generation.Run((path, "int32 a")).Diagnostics.ShouldHaveSingleItem();
        diagnostic.Id.ShouldBe(id);
        diagnostic.GetMessage().ShouldContain(text);
    }

    [Theory]
    [InlineData("int32 a", "not 0")]
    [InlineData("---\n---\n", "not 2")]
    public void A_service_has_exactly_one_separator(string text, string found) =>
        Generation.Run(("my_msgs/srv/Do.srv", text)).Finding().ShouldContain(found);

    [Fact]
    public void A_service_without_the_event_information_says_what_is_missing() =>
        Generation.Run(("my_msgs/srv/Do.srv", "---")).Finding().ShouldContain("service_msgs/msg/ServiceEventInfo");

    [Fact]
    public void Two_different_files_of_one_name_are_refused() =>
        Generation.Run(("a/my_msgs/msg/Test.msg", "int32 a"), ("b/my_msgs/msg/Test.msg", "int32 b")).Finding().ShouldStartWith("FERROS005");
}
