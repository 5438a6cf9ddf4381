namespace DreamFarm.Networks.Tests;

public class ObjectiveSyntaxTests
{
    private static readonly NetworkGeometry SqueezeNet = new(NetworkCatalog.Find("squeezenet1_0")!);

    [Theory]
    [InlineData(null, null, "l2(fire8):1")]
    [InlineData("fire8:1,fire6:0.5", null, "l2(fire8):1,l2(fire6):0.5")]
    [InlineData(" fire8 : 2e-1 , conv10:-3 ", "mean", "mean(fire8):0.2,mean(conv10):-3")]
    [InlineData("fire8[12,40-44]", "l2", "l2(fire8[12,40-44]):1")]
    [InlineData("fire8[44,40 - 42 , 43,7]:2", "l2", "l2(fire8[7,40-44]):2")]
    [InlineData("fire8[1],fire8[2]:3", "l2", "l2(fire8[1]):1,l2(fire8[2]):3")]
    [InlineData("fire8[ strongest 5 ],fire6[weakest 1 once]", "mean", "mean(fire8[strongest 5]):1,mean(fire6[weakest 1 once]):1")]
    [InlineData("fire8[average  3]", "l2", "l2(fire8[average 3]):1")]
    [InlineData("fire8[12@0.5/.25]", "mean", "mean(fire8[12@0.5/0.25]):1")]
    [InlineData("fire8[12 @ 1 / -0]", "l2", "l2(fire8[12@1/0]):1")]
    [InlineData("fire8", "l2,mean(conv10[17]):0.5,tv:0.1", "l2(fire8):1,mean(conv10[17]):0.5,tv:0.1")]
    [InlineData("fire8:2,fire6", "l2, mean", "l2(fire8):2,l2(fire6):1,mean(fire8):2,mean(fire6):1")]
    [InlineData(null, " guide ( fire4 ) : 3 , original : 1 ", "guide(fire4):3,original:1")]
    [InlineData(null, "original:1,tv:2,l2(fire2[0-127])", "l2(fire2[0-127]):1,tv:2,original:1")]
    public void What_was_written_has_one_canonical_text_which_is_read_as_itself(string? layers, string? objective, string canonical)
    {
        Assert.True(ObjectiveSyntax.TryParse(layers, objective, SqueezeNet, out var parsed, out string? problem), problem);
        Assert.Equal(canonical, parsed.ToString());

        Assert.True(ObjectiveSyntax.TryParse(null, canonical, SqueezeNet, out var again, out problem), problem);
        Assert.Equal(parsed, again);
    }

    [Fact]
    public void Terms_keep_what_was_written_about_them()
    {
        Assert.True(ObjectiveSyntax.TryParse("fire8[3,5-9]:0.5", "mean,l2(fire4[7@0.25/0.75]),tv:0.125,original:4", SqueezeNet, out var parsed, out _));

        Assert.Equal(
            [
                new ObjectiveTerm(ObjectiveKind.Mean, "fire8", new ChosenChannels([3, 5, 6, 7, 8, 9]), 0.5),
                new ObjectiveTerm(ObjectiveKind.L2, "fire4", new Neuron(7, X: 0.25, Y: 0.75), 1),
            ],
            parsed.Objective.Terms);
        Assert.Equal((0.125, 4.0), (parsed.TotalVariation, parsed.Distance));
        Assert.Equal(["fire8", "fire4"], parsed.Objective.Layers);
    }

    [Theory]
    [InlineData("fier8:1", "--layers, column 1: squeezenet1_0 has no layer \"fier8\"; did you mean \"fire8\"? It can be fire8, fire2, fire3, fire4, fire5, fire6, fire7, fire9 or one of ")]
    [InlineData("FIRE8", "--layers, column 1: squeezenet1_0 has no layer \"FIRE8\"; did you mean \"fire8\"?")]
    [InlineData("mixed5", "--layers, column 1: squeezenet1_0 has no layer \"mixed5\"; it can be fire5, ")]
    [InlineData("fire8/squeezed", "--layers, column 1: squeezenet1_0 has no layer \"fire8/squeezed\"; did you mean \"fire8/squeeze\"?")]
    [InlineData("fire6,  fire8x", "--layers, column 9: squeezenet1_0 has no layer \"fire8x\"")]
    [InlineData("fire8:", "--layers, column 7: \"\" is no weight for \"fire8\"; write a number such as 0.5 behind the colon.")]
    [InlineData("fire8:0,5", "--layers, column 7: the weight of \"fire8\" is 0; it has to be finite and not 0.")]
    [InlineData("fire8:one", "--layers, column 7: \"one\" is no weight for \"fire8\"")]
    [InlineData("fire8:1:2", "--layers, column 7: \"1:2\" is no weight for \"fire8\"")]
    [InlineData("fire8:NaN", "--layers, column 7: the weight of \"fire8\" is NaN; it has to be finite and not 0.")]
    [InlineData("fire8:1e999", "--layers, column 7: the weight of \"fire8\" is 1e999; it has to be finite and not 0.")]
    [InlineData("fire8:-1e300", "--layers, column 7: the weight of \"fire8\" is -1e300; its magnitude can be 1e-12 to 1e12.")]
    [InlineData("fire8:1e-13", "--layers, column 7: the weight of \"fire8\" is 1e-13; its magnitude can be 1e-12 to 1e12.")]
    [InlineData("fire8:-0", "--layers, column 7: the weight of \"fire8\" is -0; it has to be finite and not 0.")]
    [InlineData("fire8:1,fire6,fire8:2", "--layers, column 15: layer \"fire8\" stands twice in \"fire8:1,fire6,fire8:2\"; give it one weight.")]
    [InlineData("fire8[3],fire8[3]:2", "--layers, column 10: layer \"fire8\" stands twice")]
    [InlineData("fire8:1,", "--layers, column 9: a layer's name is missing in \"fire8:1,\"; write layers as in \"fire8\", with commas between them.")]
    [InlineData(":1", "--layers, column 1: a layer's name is missing in \":1\"")]
    [InlineData("", "--layers, column 1: a layer's name is missing in \"\"")]
    [InlineData("fire8[512]", "--layers, column 7: squeezenet1_0 has no channel 512 in \"fire8\"; it has 0 to 511.")]
    [InlineData("fire8[3,99999999999]", "--layers, column 9: squeezenet1_0 has no channel 99999999999 in \"fire8\"")]
    [InlineData("fire8[]", "--layers, column 7: a channel's number is missing; channels are written as fire8[3], fire8[3,7-9], ")]
    [InlineData("fire8[-3]", "--layers, column 7: a channel's number is missing")]
    [InlineData("fire8[44-40]", "--layers, column 7: the channels 44-40 go backwards; write 40-44.")]
    [InlineData("fire8[1-5,3]", "--layers, column 11: channel 3 of \"fire8\" stands twice; name it once.")]
    [InlineData("fire8[3", "--layers, column 8: the bracket of column 6 is not closed here; channels are written as")]
    [InlineData("fire8[3 4]", "--layers, column 9: the bracket of column 6 is not closed here")]
    [InlineData("fire8[3]]", "--layers, column 9: \"]\" cannot stand here; a comma or a weight such as :0.5 would do.")]
    [InlineData("fire8[strngest 3]", "--layers, column 7: \"strngest\" chooses no channels; did you mean \"strongest\"? It can be strongest, weakest or average.")]
    [InlineData("fire8[strongest]", "--layers, column 16: strongest needs a number of channels, 1 to 512 for \"fire8\", as in strongest 5.")]
    [InlineData("fire8[weakest 0]", "--layers, column 15: weakest needs a number of channels, 1 to 512")]
    [InlineData("fire2[average 129]", "--layers, column 15: average needs a number of channels, 1 to 128")]
    [InlineData("fire8[average 2 always]", "--layers, column 17: \"always\" cannot stand here; write once for")]
    [InlineData("fire8[3@1.5/0]", "--layers, column 9: \"1.5\" is no place on the canvas; write 0 to 1 of its width and height, as in fire8[3@0.5/0.5].")]
    [InlineData("fire8[3@0.5]", "--layers, column 12: the neuron's second coordinate is missing; write fire8[3@0.5/0.5]")]
    [InlineData("fire8[3@0.5/nan]", "--layers, column 13: \"nan\" is no place on the canvas")]
    public void A_mistake_in_the_layers_is_answered_by_a_sentence_that_names_its_place(string text, string problem) => Refused(text, "mean", problem);

    [Theory]
    [InlineData("menn", "--objective, column 1: there is no objective \"menn\"; did you mean \"mean\"? It can be l2, mean, guide, tv or original.")]
    [InlineData("l2,", "--objective, column 4: an objective is missing in \"l2,\"; it can be l2, mean, guide, tv or original.")]
    [InlineData("", "--objective, column 1: an objective is missing in \"\"")]
    [InlineData("l2:0.5", "--objective, column 3: l2 alone takes its weights from --layers; write them there, or l2(LAYER):0.5.")]
    [InlineData("l2,mean,l2", "--objective, column 9: \"l2\" stands twice")]
    [InlineData("l2,tv", "--objective, column 6: tv needs a weight, as in tv:0.1.")]
    [InlineData("l2,tv:0", "--objective, column 7: the weight of \"tv\" is 0; it has to be finite and not 0.")]
    [InlineData("l2,tv:-1", "--objective, column 4: the weight of tv has to be above 0, for tv is subtracted.")]
    [InlineData("l2,tv:1e7", "--objective, column 4: the weight of tv is 10000000; it can be at most 1000000.")]
    [InlineData("l2,tv:1,tv:2", "--objective, column 9: \"tv\" stands twice")]
    [InlineData("l2(fire8", "--objective, column 9: the parenthesis of column 3 is not closed; write l2(fire8):0.5.")]
    [InlineData("l2(fier8)", "--objective, column 4: squeezenet1_0 has no layer \"fier8\"; did you mean \"fire8\"?")]
    [InlineData("l2()", "--objective, column 4: a layer's name is missing")]
    [InlineData("mean(conv10[1000]):2", "--objective, column 13: squeezenet1_0 has no channel 1000 in \"conv10\"; it has 0 to 999.")]
    [InlineData("l2(fire8):2,l2(fire8):3", "--objective, column 13: \"l2(fire8)\" stands twice")]
    [InlineData("l2(fire8) mean", "--objective, column 11: \"mean\" cannot stand here; a comma")]
    [InlineData("tv:1", "--objective: there is nothing of the network in it; add l2, mean or guide")]
    [InlineData("guide(fire8[3@0.5/0.5])", "--objective: \"guide(fire8[3@0.5/0.5])\" guides a single neuron")]
    public void A_mistake_in_the_objective_is_answered_by_a_sentence_that_names_its_place(string text, string problem) => Refused(null, text, problem);

    [Fact]
    public void Layers_that_nothing_is_made_of_are_refused() =>
        Refused("fire8", "mean(conv10[17])", "--layers: nothing in --objective says what is made of these layers; add l2 or mean to it.");

    [Fact]
    public void A_layer_that_is_written_and_implied_is_refused() =>
        Refused("fire8", "l2,l2(fire8):3", "--objective: \"l2(fire8)\" is asked for twice; give it one weight.");

    [Fact]
    public void What_goes_on_for_ever_is_cut_short_in_the_answer()
    {
        Refused(new string('x', 1000), null, $"--layers, column 1: squeezenet1_0 has no layer \"{new string('x', 60)}...\"");
        Refused(new string(' ', 70_000), null, "--layers, column 65537: the text is 70000 characters long; it can have at most 65536.");
    }

    [Fact]
    public void What_would_be_too_long_once_it_is_written_out_is_refused_before_anybody_has_to_read_it()
    {
        // 36,000 characters as they are written, which both kinds take.
        string many = string.Join(',', Enumerable.Range(0, 38).Select(left => $"fire9[{string.Join(',', Enumerable.Range(0, 256).Where(i => i != left).Select(i => 2 * i))}]"));
        Assert.True(ObjectiveSyntax.TryParse(many, "l2", SqueezeNet, out var parsed, out string? problem), problem);
        Assert.True(ObjectiveSyntax.TryParse(parsed.Objective.ToString(), SqueezeNet, out _, out problem), problem);
        Refused(many, "l2,mean", "--objective: with every layer and channel written out it has up to ");

        // A few words, of which workers get every other channel by its number.
        string strongest = string.Join(',', Enumerable.Range(0, 9).Select(fewer => $"conv10[strongest {1000 - fewer}]"));
        Refused(strongest, "l2", "--objective: with every layer and channel written out it has up to ");
    }

    [Fact]
    public void A_layer_may_have_a_name_of_any_characters_and_others_beside_it()
    {
        var network = NetworkCatalog.Default;
        string[] names = ["/stem/Conv:0", "/stem/Conv", "a,b"];
        network = network with { Layers = [.. network.Layers, .. names.Select(name => new Layer(name, default))], Nodes = [.. network.Nodes, .. names.Select(Renamed)] };
        var geometry = new NetworkGeometry(network);

        Assert.True(ObjectiveSyntax.TryParse("/stem/Conv:0:2,/stem/Conv[1]:3,a,b", "l2", geometry, out var parsed, out string? problem), problem);
        Assert.Equal("l2(/stem/Conv:0):2,l2(/stem/Conv[1]):3,l2(a,b):1", parsed.ToString());
        Assert.True(ObjectiveSyntax.TryParse(null, parsed.ToString(), geometry, out var again, out problem), problem);
        Assert.Equal(parsed, again);

        Assert.True(ObjectiveSyntax.TryParse("Eyes:2", "l2", new NetworkGeometry(network with { Layers = [new Layer("conv1", null, "Eyes")] }), out parsed, out problem), problem);
        Assert.Equal("l2(conv1):2", parsed.ToString());

        static Node Renamed(string name) => NetworkCatalog.Default.Nodes[0] with { Name = name };
    }

    [Fact]
    public void A_worker_takes_nothing_but_terms_of_the_network()
    {
        Assert.True(ObjectiveSyntax.TryParse("l2(fire8[3]):1,mean(fire6):0.5", SqueezeNet, out Objective? objective, out _));
        Assert.Equal("l2(fire8[3]):1,mean(fire6):0.5", objective.ToString());
        foreach (string text in new[] { "l2", "l2(fire8):1,tv:1", "", "l2(fire8):0" })
        {
            Assert.False(ObjectiveSyntax.TryParse(text, SqueezeNet, out objective, out string? problem));
            Assert.StartsWith("objective", problem, StringComparison.Ordinal);
        }
    }

    private static readonly NetworkGeometry Motif = new(NetworkCatalog.Find("motif")!);

    [Theory]
    [InlineData("logits[eye]", "mean(logits[0]):1")]
    [InlineData("logits[spiral,eye, 7-9 ]:2", "mean(logits[0-1,7-9]):2")]
    [InlineData("logits[ butterfly @ 0.5/0.25 ]", "mean(logits[11@0.5/0.25]):1")]
    [InlineData("logits[eye]:2,logits[bird]:-1", "mean(logits[0]):2,mean(logits[30]):-1")]
    [InlineData("logits[strongest 2 once]", "mean(logits[strongest 2 once]):1")]
    public void A_class_is_known_by_its_name_and_travels_as_a_number(string layers, string canonical)
    {
        Assert.True(ObjectiveSyntax.TryParse(layers, "mean", Motif, out var parsed, out string? problem), problem);
        Assert.Equal(canonical, parsed.ToString());
    }

    [Theory]
    [InlineData("logits[teapot]", "--layers, column 8: motif has no class \"teapot\"; it can be ")]
    [InlineData("logits[eye,spirl]", "--layers, column 12: motif has no class \"spirl\"; did you mean \"spiral\"? It can be spiral, ")]
    [InlineData("logits[Eye]", "--layers, column 8: motif has no class \"Eye\"; did you mean \"eye\"?")]
    [InlineData("logits[eye-web]", "--layers, column 8: motif has no class \"eye-web\"")]
    [InlineData("logits[eye,0]", "--layers, column 12: channel 0 of \"logits\" stands twice; name it once.")]
    [InlineData("logits[eye", "--layers, column 11: the bracket of column 7 is not closed here; channels are written as logits[eye], logits[3], ")]
    [InlineData("logits[99]", "--layers, column 8: motif has no channel 99 in \"logits\"")]
    [InlineData("logits[strongest]", "--layers, column 17: strongest needs a number of channels")]
    [InlineData("logits[strngest 3]", "--layers, column 8: motif has no class \"strngest 3\"; did you mean \"strongest\"?")]
    [InlineData("logits[]", "--layers, column 8: a channel's number is missing")]
    [InlineData("5a[eye]", "--layers, column 4: the channels of \"5a\" are no classes; write logits[eye].")]
    public void A_mistake_in_a_class_is_answered_by_the_nearest_names(string layers, string problem) => Refused(layers, "mean", problem, Motif);

    [Fact]
    public void Classes_without_names_are_numbered()
    {
        Refused("logits[jay]", "mean", "--layers, column 8: squeezenet1_0 has no names for its classes; number them, 0 to 999.");
        Refused("logits[strngest 5]", "mean", "--layers, column 8: \"strngest\" chooses no channels; did you mean \"strongest\"?");
    }

    [Fact]
    public void A_class_may_have_any_name_but_what_reads_as_numbers_or_ranks_is_just_that()
    {
        string[] names = ["tench, Tinca tinca", "tench", "3d", "t-shirt", "[boxed]", "average", "average car", "5", "1-2", "0,3", "1@0.5/0.5", "strongest 2", "Käfer (rot)"];
        var geometry = new NetworkGeometry(NetworkCatalog.Default with { Classes = [.. names, .. NetworkCatalog.Default.Classes!.Skip(names.Length)] });
        Reads("tench, Tinca tinca", "0");
        Reads("tench,t-shirt", "1,3");
        Reads("3d", "2");
        Reads("[boxed]", "4");
        Reads("average", "5");
        Reads("average car@1/0", "6@1/0");
        Reads("average 4", "average 4");
        Reads("5", "5");
        Reads("1-2", "1-2");
        Reads("0,3", "0,3");
        Reads("1@0.5/0.5", "1@0.5/0.5");
        Reads("strongest 2", "strongest 2");
        Reads("Käfer (rot) , 3d", "2,12");

        void Reads(string channels, string canonical)
        {
            Assert.True(ObjectiveSyntax.TryParse(null, $"mean(logits[{channels}])", geometry, out var parsed, out string? problem), problem);
            Assert.Equal($"mean(logits[{canonical}]):1", parsed.ToString());
        }
    }

    [Fact]
    public void What_works_on_each_class_by_itself_has_classes_too()
    {
        var network = NetworkCatalog.Default;
        var geometry = new NetworkGeometry(network with
        {
            Nodes = [.. network.Nodes, new("probabilities", new Softmax(), "logits"), new("said", new GlobalAveragePooling(), "probabilities"), new("more", new Concatenation(), "5b", "logits")],
            Layers = [.. network.Layers, new("said", null), new("more", null)],
        });
        Assert.Equal(network.Classes, geometry.ClassesOf("said"));
        Assert.Null(geometry.ClassesOf("more"));
        Assert.Null(geometry.ClassesOf("5b"));
    }

    private static void Refused(string? layers, string? objective, string problem, NetworkGeometry? geometry = null)
    {
        Assert.False(ObjectiveSyntax.TryParse(layers, objective, geometry ?? SqueezeNet, out var parsed, out string? said));
        Assert.Null(parsed);
        Assert.StartsWith(problem, said, StringComparison.Ordinal);
    }
}
