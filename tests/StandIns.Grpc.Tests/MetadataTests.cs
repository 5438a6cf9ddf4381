using Grpc.Core;

namespace StandIns.Grpc.Tests;

public sealed class MetadataTests
{
    [Fact]
    public void Keys_are_lower_case_and_found_whatever_their_case()
    {
        var metadata = new Metadata { { "Key", "first" }, { "key", "last" }, { "other", "x" } };

        Assert.Equal("key", metadata[0].Key);
        Assert.Equal("last", metadata.GetValue("KEY"));
        Assert.Equal(["first", "last"], metadata.GetAll("key").Select(entry => entry.Value));
        Assert.Null(metadata.Get("missing"));
        Assert.Equal(3, metadata.Count);
    }

    [Fact]
    public void The_ending_of_a_key_says_whether_its_value_is_bytes()
    {
        Assert.Throws<ArgumentException>(() => new Metadata.Entry("key", [1]));
        Assert.Throws<ArgumentException>(() => new Metadata.Entry("key-bin", "text"));
        Assert.Throws<ArgumentException>(() => new Metadata.Entry("no spaces", "text"));

        var entry = new Metadata.Entry("key-bin", [1, 2]);
        Assert.True(entry.IsBinary);
        Assert.Equal([1, 2], entry.ValueBytes);
        Assert.Throws<InvalidOperationException>(() => entry.Value);
    }

    [Fact]
    public void The_empty_metadata_cannot_be_changed() =>
        Assert.Throws<InvalidOperationException>(() => Metadata.Empty.Add("key", "value"));
}
