namespace CleanUsers.Application.Tests;

public sealed class Rfc3339Tests
{
    [Theory]
    [InlineData("2026-01-31T12:00:00Z", "2026-01-31T12:00:00.000Z", true)]
    [InlineData("2026-01-31t12:00:00.5z", "2026-01-31T12:00:00.500Z", true)]
    [InlineData("2026-01-31T12:00:00.123456+02:00", "2026-01-31T10:00:00.124Z", false)]
    [InlineData("2026-01-31T12:00:00.123000000000Z", "2026-01-31T12:00:00.123Z", true)]
    [InlineData("2026-01-31T12:00:00.123000000001Z", "2026-01-31T12:00:00.124Z", false)]
    [InlineData("2026-01-31T12:00:00.12299999999Z", "2026-01-31T12:00:00.123Z", false)]
    [InlineData("2026-01-31T12:00:00.123-00:30", "2026-01-31T12:30:00.123Z", true)]
    [InlineData("2026-01-31T12:00:00+23:59", "2026-01-30T12:01:00.000Z", true)]
    [InlineData("2026-01-31T12:00:00-14:01", "2026-02-01T02:01:00.000Z", true)]
    [InlineData("2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z", true)]
    [InlineData("1990-12-31T15:59:60.5-08:00", "1991-01-01T00:00:00.500Z", true)] // of RFC 3339 section 5.8
    public void Time_is_rounded_up_to_the_next_whole_millisecond(string text, string expected, bool isExact)
    {
        Assert.Equal(isExact, Rfc3339.Parse(text)?.IsExact);
        Assert.Equal(expected, Rfc3339.Parse(text, "T").Value!.Value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", null));
    }

    [Theory]
    [InlineData("")]
    [InlineData("2026-01-31")]
    [InlineData("2026-01-31T12:00:00")]
    [InlineData("2026-01-31 12:00:00Z")]
    [InlineData("2026-02-30T12:00:00Z")]
    [InlineData("2026-01-31T24:00:00Z")]
    [InlineData("2026-01-31T12:00:60Z")]
    [InlineData("2026-01-31T23:59:61Z")]
    [InlineData("2026-01-31T23:59:60+01:00")]
    [InlineData("2026-01-31T12:00:00+24:00")]
    [InlineData("2026-01-31T12:00:00+12:60")]
    [InlineData("0000-01-01T00:00:00Z")]
    [InlineData("9999-12-31T23:59:60Z")]
    [InlineData("2026-01-31T12:00Z")]
    [InlineData("2026-01-31T12:00:00.Z")]
    [InlineData("2026-01-31T12:00:00123Z")]
    [InlineData("2026-01-31T12:00:00Z\n")]
    [InlineData("2026-01-31T12:00:00 02:00")]
    [InlineData(" 2026-01-31T12:00:00Z")]
    [InlineData("yesterday")]
    [InlineData("1769860800")]
    public void Anything_else_is_rejected(string text) => Assert.Null(Rfc3339.Parse(text));

    [Theory]
    [InlineData("0001-01-01T00:00:00+14:00")]
    [InlineData("9999-12-31T23:59:59.9999999-14:00")]
    [InlineData("9999-12-31T23:59:59.9999999Z")]
    public void Ends_of_the_calendar_do_not_throw(string text)
    {
        Assert.Equal(Rfc3339.Parse(text) is not null, Rfc3339.Parse(text, "T").Error is null);
    }
}
