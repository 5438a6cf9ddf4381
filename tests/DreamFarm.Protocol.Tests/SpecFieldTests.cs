using DreamFarm.Protocol.Specs;

namespace DreamFarm.Protocol.Tests;

public class SpecFieldTests
{
    [Theory]
    [InlineData("1", 1)]
    [InlineData("10000", 10_000)]
    public void A_whole_number_in_range_is_read(string text, int expected)
    {
        Assert.True(SpecFields.Steps.TryParse(text, out int value, out _));
        Assert.Equal(expected, value);
    }

    [Theory]
    [InlineData("abc", "\"abc\"")]
    [InlineData("", "\"\"")]
    [InlineData("1.5", "\"1.5\"")]
    [InlineData("99999999999", "\"99999999999\"")]
    [InlineData("-1", "-1")]
    public void Anything_else_is_refused_with_the_range(string text, string found)
    {
        Assert.False(SpecFields.Steps.TryParse(text, out _, out string? problem));
        Assert.Equal($"--steps must be 1 to 10000, not {found}", problem);
    }

    [Theory]
    [InlineData("NaN")]
    [InlineData("1e999")]
    [InlineData("0,5")]
    [InlineData("-0.1")]
    public void A_number_that_is_none_is_refused(string text)
    {
        Assert.False(SpecFields.StepSize.TryParse(text, out _, out string? problem));
        Assert.StartsWith("--step-size must be above 0, at most 1, not ", problem);
    }
}
