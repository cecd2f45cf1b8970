using CsCheck;

namespace CleanUsers.Application.Tests;

public sealed class OptionalTests
{
    [Fact]
    public void Absent_is_different_from_null()
    {
        Optional<string?> absent = default;
        Optional<string?> none = new(null);
        Assert.NotEqual(absent, none);
        Assert.False(absent.HasValue);
        Assert.True(none.HasValue);
        Assert.Throws<InvalidOperationException>(() => absent.Value);
    }

    [Fact]
    public void Present_value_takes_precedence_over_the_fallback_even_when_null() =>
        Gen.Select(Gen.String.Null(), Gen.String).Sample((value, fallback) =>
    {
        Assert.Equal(value, new Optional<string?>(value).Or(fallback));
        Assert.Equal(fallback, default(Optional<string?>).Or(fallback));
    });

    [Fact]
    public void Mapping_an_absent_value_gives_an_absent_value() => Gen.Int.Sample(value =>
    {
        Assert.Equal(new Optional<long>(value + 1L), new Optional<int>(value).Map(v => v + 1L));
        Assert.Equal(default, default(Optional<int>).Map(v => v + 1L));
    });
}
