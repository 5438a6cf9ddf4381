namespace DreamFarm.Engine.Tests;

/// <summary>What is said where libtorch cannot be loaded.</summary>
public sealed class LibtorchTests
{
    private const string Heading = "Unable to load shared library 'LibTorchSharp' or one of its dependencies. Set LD_DEBUG: \n";

    [Theory]
    [InlineData("/lib/libstdc++.so.6: version `GLIBCXX_3.4.32' not found (required by /app/libLibTorchSharp.so)")]
    [InlineData("libtorch.so: cannot open shared object file: No such file or directory")]
    public void Of_all_places_where_a_library_was_looked_for_the_one_with_something_amiss_is_told(string line) =>
        Assert.Equal(line, Libtorch.Reason(new DllNotFoundException($"{Heading}/app/LibTorchSharp.so: cannot open shared object file: No such file or directory\n{line}\n/app/LibTorchSharp: cannot open shared object file: No such file or directory\n")));

    [Fact]
    public void A_library_that_is_nowhere_is_said_to_be_missing() =>
        Assert.StartsWith("it is not beside the program", Libtorch.Reason(new DllNotFoundException($"{Heading}/app/LibTorchSharp.so: cannot open shared object file: No such file or directory\n")));

    [Fact]
    public void Anything_else_is_told_in_its_first_line() =>
        Assert.Equal("it has no such function", Libtorch.Reason(new EntryPointNotFoundException("it has no such function.\nsee below")));

    [Fact]
    public void Where_libtorch_is_there_its_version_is_told() => Assert.Matches(@"^\d+\.\d+", Libtorch.Load());
}
