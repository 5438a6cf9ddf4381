namespace DreamFarm.Networks.Tests;

public sealed class WeightsLocatorTests : IDisposable
{
    private static readonly NetworkDescription Motif = NetworkCatalog.Find("motif")!;
    private static readonly NetworkDescription SqueezeNet = NetworkCatalog.Find("squeezenet1_0")!;

    private readonly string root = Directory.CreateTempSubdirectory("dreamfarm").FullName;

    private string Models => Path.Combine(root, "models");

    private string Cache => Path.Combine(root, "cache", "dreamfarm", "models");

    private WeightsLocator Locator => WeightsLocator.FromEnvironment(new Dictionary<string, string>
    {
        ["DREAMFARM_MODELS"] = Models,
        ["XDG_CACHE_HOME"] = Path.Combine(root, "cache"),
        ["HOME"] = root,
    }.GetValueOrDefault);

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void A_named_file_comes_first_then_the_models_folder_then_the_cache_then_what_is_built_in()
    {
        using (var builtIn = Locator.Load(Motif))
            Assert.Equal("the built-in weights of motif", builtIn.Name);

        var cached = Write(Cache, "motif.safetensors");
        using (var fromCache = Locator.Load(Motif))
            Assert.Equal(cached, fromCache.Name);

        var model = Write(Models, "motif.safetensors");
        using (var fromModels = Locator.Load(Motif))
            Assert.Equal(model, fromModels.Name);

        var named = Write(root, "anything");
        using (var explicitly = Locator.Load(Motif, named))
            Assert.Equal(named, explicitly.Name);
    }

    [Fact]
    public void In_a_folder_the_plain_name_goes_before_torchvision_s_hashed_one()
    {
        var hashed = Write(Models, "motif-0123abcd.pth");
        Assert.Equal(hashed, Locator.FindFile(Motif));
        var pth = Write(Models, "motif.pth");
        Assert.Equal(pth, Locator.FindFile(Motif));
        var safetensors = Write(Models, "motif.safetensors");
        Assert.Equal(safetensors, Locator.FindFile(Motif));
    }

    [Theory]
    [InlineData("alexnet", "alexnet-owt-7be5be79.pth")]
    [InlineData("inception_v3", "inception_v3_google-0cc3c7bd.pth")]
    [InlineData("inception_v3", "inception_v3_weights_tf_dim_ordering_tf_kernels.h5")]
    [InlineData("inception_v3", "inception_v3_weights_tf_dim_ordering_tf_kernels_notop.h5")]
    [InlineData("inception_v3", "inception_v3.h5")]
    [InlineData("bvlc_googlenet", "bvlc_googlenet.caffemodel")]
    [InlineData("resnet50", "resnet50-11ad3fa6.pth")]
    public void A_file_is_found_under_the_name_that_its_publisher_gave_it(string network, string name)
    {
        var path = Write(Models, name);
        Assert.Equal(path, Locator.FindFile(NetworkCatalog.Find(network)!));
    }

    [Fact]
    public void Files_that_describe_their_network_make_it_known_by_its_name()
    {
        Assert.Empty(Locator.FindInstalled());
        using var motif = NetworkWeights.Load(Motif, WeightFile.OpenBuiltIn(Motif)!);
        using var studio = motif.Rename("studio");
        var path = Write(Models, "whatever.safetensors", studio);
        Write(Cache, "later.safetensors", studio);
        File.WriteAllText(Path.Combine(Models, "damaged.safetensors"), "no weights at all");
        // What the catalogue means by a name, no file changes.
        using var impostor = motif.Rename("vgg16");
        Write(Models, "impostor.safetensors", impostor);

        var (network, file) = Assert.Single(Locator.FindInstalled());
        Assert.Equal(("studio", path), (network.Name, file));
        Assert.Equal(Motif.Layers.Select(layer => layer.Name), Locator.FindNetwork("studio")!.Layers.Select(layer => layer.Name));
        Assert.Same(NetworkCatalog.Find("vgg16"), Locator.FindNetwork("vgg16"));
        Assert.Null(Locator.FindNetwork("studoi"));

        using var loaded = Locator.Load("studio");
        Assert.Equal((path, studio.Sha256), (loaded.Name, loaded.Sha256));
        Assert.Equal(motif["conv1.weight"].ToArray(), loaded["conv1.weight"].ToArray());
        Assert.Contains(
            "--network: there is no network \"studoi\"; did you mean \"studio\"?",
            Assert.Throws<WeightsException>(() => Locator.Load("studoi")).Message,
            StringComparison.Ordinal);
        using var found = new WeightsLocator([Models]).Find("studio", studio.Sha256);
        Assert.Equal(path, found!.Name);
    }

    [Theory]
    [InlineData("motif2.safetensors")]
    [InlineData("motif-0123abcd.safetensors")]
    [InlineData("motif-large.pth")]
    [InlineData("motif.txt")]
    [InlineData("Motif.pth")]
    public void Other_names_are_not_taken_for_a_network_s(string name)
    {
        Write(Models, name);
        Assert.Null(Locator.FindFile(Motif));
    }

    [Fact]
    public void Weights_that_are_nowhere_are_answered_with_where_they_were_looked_for()
    {
        var message = Assert.Throws<WeightsException>(() => Locator.Load(SqueezeNet)).Message;
        Assert.Equal(
            $"There are no weights of squeezenet1_0: no squeezenet1_0.safetensors, .pth or .caffemodel in {Models} or {Cache}; "
            + "fetch them with `dreamfarm networks pull squeezenet1_0`, or name the file with --weights.",
            message);
        Assert.Contains("$DREAMFARM_MODELS is not set", Assert.Throws<WeightsException>(() => WeightsLocator.FromEnvironment(_ => null).Load(SqueezeNet)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_cache_variable_the_home_folder_s_cache_is_looked_into()
    {
        Assert.Equal(["/home/ada/.cache/dreamfarm/models"], Folders("", "/home/ada"));
        Assert.Equal(["/home/ada/.cache/dreamfarm/models"], Folders("relative", "/home/ada"));
        Assert.Equal(["/var/cache/dreamfarm/models"], Folders("/var/cache", "/home/ada"));
        Assert.Empty(Folders("", ""));
        Assert.Equal("/var/cache/dreamfarm/weights", Travelled("/var/cache", "/home/ada"));
        Assert.Equal("/home/ada/.cache/dreamfarm/weights", Travelled("relative", "/home/ada"));
        Assert.Null(Travelled("", ""));

        static string? Travelled(string cache, string home) =>
            WeightsLocator.FindTravelledFolder(new Dictionary<string, string> { ["XDG_CACHE_HOME"] = cache, ["HOME"] = home }.GetValueOrDefault);

        static IReadOnlyList<string> Folders(string cache, string home) =>
            WeightsLocator.FromEnvironment(new Dictionary<string, string> { ["XDG_CACHE_HOME"] = cache, ["HOME"] = home }.GetValueOrDefault).Folders;
    }

    [Fact]
    public void Weights_are_found_by_their_hash_under_any_name()
    {
        using var builtIn = WeightFile.OpenBuiltIn(Motif)!;
        using (var found = Locator.Find(Motif.Name, builtIn.Sha256))
            Assert.Equal("the built-in weights of motif", found?.Name);

        Write(Models, "motif.safetensors");
        File.WriteAllText(Path.Combine(Models, "broken.safetensors"), "no weights");
        var other = Write(Cache, "studio's own.safetensors", extraHeader: "     ");
        using var file = WeightFile.Open(other);
        Assert.NotEqual(builtIn.Sha256, file.Sha256);

        var locator = Locator;
        for (var again = 0; again < 2; again++)
        {
            using var found = locator.Find(Motif.Name, file.Sha256);
            Assert.Equal((other, file.Sha256), (found?.Name, found?.Sha256));
        }

        Assert.Null(locator.Find(Motif.Name, new string('0', 64)));
        File.Delete(other);
        Assert.Null(locator.Find(Motif.Name, file.Sha256));
    }

    [Fact]
    public void A_file_that_was_replaced_is_hashed_again()
    {
        var path = Write(Models, "motif.safetensors", extraHeader: " ");
        using var file = WeightFile.Open(path);
        var locator = Locator;
        locator.Find(Motif.Name, file.Sha256)!.Dispose();
        Write(Models, "motif.safetensors", extraHeader: "  ");
        Assert.Null(locator.Find(Motif.Name, file.Sha256));
    }

    /// <summary>Writes weights of motif; the header's padding makes them another file with the same tensors.</summary>
    private static string Write(string folder, string name, NetworkWeights weights)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, name);
        var content = new byte[weights.PortableLength];
        weights.ReadPortable(0, content);
        File.WriteAllBytes(path, content);
        return path;
    }

    private static string Write(string folder, string name, string extraHeader = "")
    {
        var geometry = new NetworkGeometry(Motif);
        var offset = 0;
        var tensors = geometry.Tensors.Select(tensor =>
        {
            var start = offset;
            offset += 2 * tensor.Value.Aggregate(1, (count, side) => count * side);
            return $$$"""
                "{{{tensor.Key}}}":{"dtype":"F16","shape":[{{{string.Join(',', tensor.Value)}}}],"data_offsets":[{{{start}}},{{{offset}}}]}
                """;
        }).ToArray();
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, name);
        File.Delete(path);
        File.WriteAllBytes(path, SafetensorsTests.Build($"{{{string.Join(',', tensors)}}}{extraHeader}", new byte[offset]));
        return path;
    }
}
