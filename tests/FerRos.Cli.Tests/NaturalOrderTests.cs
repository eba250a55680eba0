using FerRos.Cli.Sources;
using FsCheck;
using FsCheck.Fluent;

namespace FerRos.Cli.Tests;

public class NaturalOrderTests
{
    [Fact]
    public void Numbers_in_names_count_as_numbers()
    {
        string[] names = ["frame10.png", "frame9.png", "frame1.png", "a2b10", "a2b9", "a10", "7", "007", "b", "B", "", "123456789012345678901234567890", "9"];
        names.Order(NaturalOrder.Instance).ShouldBe(
            ["", "007", "7", "9", "123456789012345678901234567890", "B", "a2b9", "a2b10", "a10", "b", "frame1.png", "frame9.png", "frame10.png"]);
    }

    [Fact]
    public void It_is_a_total_order() =>
        Prop.ForAll(
            ArbMap.Default.GeneratorFor<int>().Select(static seed => Names(seed)).ToArbitrary(),
            static names =>
            {
                (string a, string b, string c) = names;
                NaturalOrder order = NaturalOrder.Instance;
                bool antisymmetric = Math.Sign(order.Compare(a, b)) == -Math.Sign(order.Compare(b, a)) && (order.Compare(a, b) == 0) == (a == b);
                bool transitive = !(order.Compare(a, b) <= 0 && order.Compare(b, c) <= 0) || order.Compare(a, c) <= 0;
                return antisymmetric && transitive;
            }).QuickCheckThrowOnFailure();

    // Short names of few characters, so that equal and nearly equal ones are common.
    private static (string, string, string) Names(int seed)
    {
        Random random = new(seed);
        return (Name(), Name(), Name());

        string Name() => string.Create(random.Next(6), random, static (text, random) =>
        {
            foreach (ref char c in text)
                c = "0019ab."[random.Next(7)];
        });
    }
}
