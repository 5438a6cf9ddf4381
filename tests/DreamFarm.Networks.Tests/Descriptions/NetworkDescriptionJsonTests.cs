using System.Text;

namespace DreamFarm.Networks.Tests;

public class NetworkDescriptionJsonTests
{
    private static readonly NetworkDescription EveryOperation = new()
    {
        Name = "every-operation",
        Summary = "one node of each kind",
        Nodes =
        [
            new("pad", new Padding(1, 2, 3, 4, -0.5), Node.Input),
            new("conv", new Convolution("c", 8, new(1, 7), Stride: 2, Padding: new(0, 3), Groups: 1, Relu: false) { Bias = false, Norm = new("bn", 1e-3, Scale: false) }, "pad"),
            new("affine", new ChannelAffine("a"), "conv"),
            new("relu", new Activation(ActivationKind.LeakyRelu, 0.1), "affine"),
            new("lrn", new LocalResponseNormalisation(5), "relu"),
            new("average", new AveragePooling(3, 1, 1, CountPadding: false), "lrn"),
            new("max", new MaxPooling(3, 1, 1), "lrn"),
            new("cat", new Concatenation(), "average", "max"),
            new("sum", new Addition(), "cat", "cat"),
            new("global", new GlobalAveragePooling(), "sum"),
            new("gate", new Multiplication(), "sum", "global"),
            new("classes", new Convolution("fc", 10, 1, Relu: false) { Dense = true, AnyChannels = true }, "gate"),
            new("probabilities", new Softmax(), "classes"),
        ],
        Layers = [new("relu", new(12, 1e-4), "activated"), new("cat", null), new("probabilities", null)],
        Preprocessing = new([0.4f, 0.45f, 0.5f], [1 / 255f, 1 / 255f, 1 / 255f], Bgr: true),
        Defaults = new("relu", Steps: 3),
        Classes = ["eye", "tench, Tinca tinca", "zero", "one", "two", "three", "four", "five", "six", "seven"],
    };

    [Fact]
    public void A_description_comes_back_from_JSON_as_it_was()
    {
        byte[] json = NetworkDescriptionJson.Write(EveryOperation);
        var read = NetworkDescriptionJson.Read(json);
        Assert.Equal(json, NetworkDescriptionJson.Write(read));
        Assert.Equal(EveryOperation.Nodes.Select(node => node.Operation), read.Nodes.Select(node => node.Operation));
        Assert.Equal(EveryOperation.Nodes.Select(node => string.Join(' ', node.Inputs)), read.Nodes.Select(node => string.Join(' ', node.Inputs)));
        Assert.Equal("relu", read.FindLayer("activated")!.Name);
        Assert.Equal(EveryOperation.Classes, read.Classes);
        Assert.Equal(new NetworkGeometry(EveryOperation).Tensors.Keys, new NetworkGeometry(read).Tensors.Keys);
    }

    [Theory]
    [InlineData("{", "not JSON")]
    [InlineData("null", "not JSON")]
    [InlineData("{\"name\":\"a\"}", "not JSON")]
    public void What_is_no_description_is_refused(string json, string why) =>
        Assert.Contains(why, Assert.Throws<ArgumentException>(() => NetworkDescriptionJson.Read(Encoding.UTF8.GetBytes(json))).Message);

    [Theory]
    [InlineData("\"name\":\"every-operation\"", "\"name\":\"../etc\"", "its name must be")]
    [InlineData("\"kernel\":3", "\"kernel\":0", "kernel")]
    [InlineData("\"stride\":2", "\"stride\":-1", "stride")]
    [InlineData("\"channels\":8", "\"channels\":-8", "channels")]
    [InlineData("\"inputs\":[\"input\"]", "\"inputs\":[\"nowhere\"]", "reads nowhere")]
    [InlineData("\"name\":\"pad\"", "\"name\":\"p,ad\"", "name of a node")]
    [InlineData("\"channels\":10", "\"channels\":11", "it names 10 classes, but its classifier has 11 channels")]
    [InlineData("\"eye\"", "\"one\"", "its class \"one\" stands in it twice")]
    [InlineData("\"eye\"", "null", "names of its classes")]
    [InlineData("\"eye\"", "\" eye\"", "names of its classes")]
    [InlineData("\"eye\"", "\"\\u001b[2J\"", "names of its classes")]
    public void One_that_contradicts_itself_is_refused_by_a_sentence_that_says_where(string found, string replaced, string why)
    {
        string json = Encoding.UTF8.GetString(NetworkDescriptionJson.Write(EveryOperation));
        Assert.Contains(found, json);
        Assert.Contains(why, Assert.Throws<ArgumentException>(() => NetworkDescriptionJson.Read(Encoding.UTF8.GetBytes(json.Replace(found, replaced)))).Message);
    }

    [Fact]
    public void Names_of_classes_have_limits()
    {
        Assert.Contains("1 to 32768 classes", Refuse([]), StringComparison.Ordinal);
        Assert.Contains("1 to 32768 classes", Refuse([.. Enumerable.Range(0, NetworkDescription.MostClasses + 1).Select(i => $"{i}")]), StringComparison.Ordinal);
        Assert.Contains("1 to 100 characters", Refuse([new string('x', NetworkDescription.LongestClass + 1)]), StringComparison.Ordinal);

        static string Refuse(string[] classes) =>
            Assert.Throws<ArgumentException>(() => NetworkDescriptionJson.Read(NetworkDescriptionJson.Write(EveryOperation with { Classes = classes }))).Message;
    }

    [Fact]
    public void A_description_of_a_time_when_classes_had_no_names_is_read_as_ever()
    {
        byte[] json = NetworkDescriptionJson.Write(EveryOperation with { Classes = null });
        Assert.DoesNotContain("\"classes\":", Encoding.UTF8.GetString(json), StringComparison.Ordinal);
        Assert.Null(NetworkDescriptionJson.Read(json).Classes);
    }

    [Fact]
    public void What_stands_behind_a_global_operation_has_no_reach_of_its_own()
    {
        var geometry = new NetworkGeometry(EveryOperation);
        Assert.False(geometry["sum"].IsGlobal);
        Assert.True(geometry["global"] is { IsGlobal: true, IsPoint: true });
        Assert.True(geometry["gate"] is { IsGlobal: true, IsPoint: false });
        Assert.True(geometry.Evaluate(["probabilities"]).IsGlobal);
        Assert.False(geometry.Evaluate(["cat"]).IsGlobal);
        Assert.Equal(1, geometry["global"].Cells(100, 200));
        Assert.Equal(50 * 100, geometry["gate"].Cells(100, 200));
    }

    [Fact]
    public void A_rectangular_kernel_reaches_along_its_own_axis_alone()
    {
        var conv = new NetworkGeometry(EveryOperation)["conv"];
        // Padding where the kernel has a single row moves the map by a row: the loss's cells then look at the one before.
        Assert.Equal((1, 6), (conv.Rows.Reach, conv.Columns.Reach));
        Assert.Equal((1, -1), (conv.Rows.Before, conv.Rows.After));
    }
}
