using DreamFarm.Dreaming;
using DreamFarm.Networks;
using DreamFarm.Protocol.Specs;
using Google.Protobuf;

namespace DreamFarm.Protocol.Tests;

public class SpecReaderTests
{
    private static readonly Size Photograph = new(Height: 640, Width: 1024);

    private static readonly string SomeWeights = new('a', 64);

    [Fact]
    public void An_empty_spec_takes_the_default_network_and_its_own_defaults()
    {
        var job = Read(new V1.Spec());

        Assert.Same(NetworkCatalog.Default, job.Network);
        Assert.Equal("", job.WeightsSha256);
        var own = NetworkCatalog.Default.Defaults;
        Assert.Equal(own.Octaves, job.Spec.Octaves);
        Assert.Equal(own.Steps, job.Spec.Steps);
        Assert.Equal(own.StepSize, job.Spec.StepSize);
        Assert.Equal("l2(4a):0.5,l2(4b):1,l2(4c):1,l2(4d):0.5,l2(5a):1", job.Spec.Objective);
        Assert.Equal(Photograph, job.Plan.Octaves[^1].Size);
    }

    [Fact]
    public void A_network_without_defaults_takes_the_reference_scripts()
    {
        var network = NetworkCatalog.Find("squeezenet1_0")! with { Name = "plain", Defaults = new("fire8") };
        var job = Read(new V1.Spec { Graph = ByteString.CopyFrom(NetworkDescriptionJson.Write(network)), WeightsSha256 = SomeWeights });

        Assert.Equal("l2(fire8):1", job.Spec.Objective);
        Assert.False(job.Spec.HasLayers);
        Assert.Equal((1, 1.4, 4, 0.02), (job.Spec.Octaves, job.Spec.OctaveScale, job.Spec.Steps, job.Spec.StepSize));
        Assert.Equal((512, 1UL, 1.0), (job.Spec.MaxRoll, job.Spec.Seed, job.Spec.Scale));
        Assert.Equal((V1.OctaveMode.Detail, V1.Boundary.Wrap), (job.Spec.OctaveMode, job.Spec.Boundary));
        Assert.True(job.Spec.Context.Automatic);
        Assert.Equal((V1.Normaliser.Std, true), (job.Spec.Normaliser, job.Spec.Filter.None));
        Assert.Equal((Normaliser.StandardDeviation, null), (job.Plan.Spec.Normaliser, job.Plan.Spec.Filter));
        Assert.Equal(SomeWeights, job.WeightsSha256);
    }

    [Fact]
    public void What_is_asked_for_reaches_the_plan()
    {
        var job = Read(SqueezeNet(spec =>
        {
            spec.Layers = "fire6, fire8 : 0.5";
            spec.Objective = "mean,l2(fire9[3]):2,tv:0.25,original:0.5";
            (spec.Octaves, spec.OctaveScale, spec.OctaveMode) = (3, 1.5, V1.OctaveMode.Upscale);
            (spec.Steps, spec.StepSize, spec.Tile, spec.MaxRoll, spec.Seed) = (7, 0.1, 256, 0, ulong.MaxValue);
            (spec.Context, spec.Boundary) = (new V1.Context { Pixels = 64 }, V1.Boundary.Reflect);
            (spec.Normaliser, spec.Filter) = (V1.Normaliser.MeanAbs, new V1.Filter { Gaussian = 1.5 });
            spec.OutputSize = new V1.Size { Width = 600, Height = 500 };
        }));

        Assert.Equal("mean(fire6):1,mean(fire8):0.5,l2(fire9[3]):2,tv:0.25,original:0.5", job.Spec.Objective);
        Assert.Equal("mean(fire6):1,mean(fire8):0.5,l2(fire9[3]):2", job.Objective.ToString());
        Assert.Equal(
            new DreamSpec
            {
                Input = Photograph,
                Output = new Size(500, 600),
                Octaves = 3,
                OctaveScale = 1.5,
                OctaveMode = OctaveMode.Upscale,
                Steps = 7,
                StepSize = 0.1,
                Tile = 256,
                Stride = 16,
                Context = 64,
                MaxRoll = 0,
                Boundary = Boundary.Reflect,
                Seed = ulong.MaxValue,
                Normaliser = Normaliser.MeanMagnitude,
                Filter = new GaussianFilter(1.5),
                TotalVariation = 0.25,
                Distance = 0.5,
            },
            job.Plan.Spec);
    }

    [Fact]
    public void A_result_has_the_size_that_is_said_and_the_canvas_its_own()
    {
        var plain = Read(SqueezeNet(spec => spec.Scale = 1.5));
        Assert.Equal(plain.Plan.Spec.Output, plain.Result);
        Assert.Null(plain.Spec.ResultSize);

        var input = Read(SqueezeNet(spec => (spec.Scale, spec.ResultSize) = (1.69, new V1.ResultSize { Input = true })));
        Assert.Equal(Photograph, input.Result);
        Assert.Equal(new Size((int)Math.Round(Photograph.Height * 1.69), (int)Math.Round(Photograph.Width * 1.69)), input.Plan.Spec.Output);
        Assert.Equal(input.Spec, Read(input.Spec).Spec);

        var pixels = Read(SqueezeNet(spec => spec.ResultSize = new V1.ResultSize { Pixels = new V1.Size { Width = 300, Height = 200 } }));
        Assert.Equal(new Size(200, 300), pixels.Result);
        Assert.Equal(Photograph, pixels.Plan.Spec.Output);

        // A choice that says nothing.
        Assert.Equal(Photograph, Read(SqueezeNet(spec => spec.ResultSize = new V1.ResultSize { Input = false })).Result);
    }

    [Theory]
    [InlineData(15, 100, "--output-size must be 16 to 1000000 pixels on each side, not 15")]
    [InlineData(100, -1, "--output-size must be 16 to 1000000 pixels on each side, not -1")]
    [InlineData(100_000, 100_000, "--output-size: the result would be 100000x100000 pixels; it can have at most 1000 megapixels")]
    public void A_result_of_no_possible_size_is_refused(int width, int height, string problem) =>
        Assert.Equal(problem, Refusal(SqueezeNet(spec => spec.ResultSize = new V1.ResultSize { Pixels = new V1.Size { Width = width, Height = height } })));

    [Fact]
    public void Reading_a_resolved_spec_again_changes_nothing()
    {
        var first = Read(SqueezeNet(spec => (spec.Scale, spec.Context, spec.Layers) = (0.5, new V1.Context { Exact = true }, "fire4,fire8:0.1")));
        var second = Read(first.Spec);

        Assert.Equal(first.Spec, second.Spec);
        Assert.Equal(first.Plan.Spec, second.Plan.Spec);
    }

    [Theory]
    [InlineData(1, 4)]
    [InlineData(4, 60)]
    public void A_pyramid_reaches_the_plan(int levels, int reach)
    {
        var job = Read(new V1.Spec { Filter = new V1.Filter { Laplacian = levels } });

        Assert.Equal(new LaplacianFilter(levels), job.Plan.Spec.Filter);
        Assert.Equal(reach, job.Plan.Spec.Filter!.Reach);
        Assert.Equal(job.Spec, Read(job.Spec).Spec);
    }

    [Fact]
    public void A_filter_out_of_range_is_refused()
    {
        Assert.Equal("--filter gaussian:SIGMA must be 0.25 to 16, not 0", Refusal(new V1.Spec { Filter = new V1.Filter { Gaussian = 0 } }));
        Assert.Equal("--filter gaussian:SIGMA must be 0.25 to 16, not NaN", Refusal(new V1.Spec { Filter = new V1.Filter { Gaussian = double.NaN } }));
        Assert.Equal("--filter laplacian:LEVELS must be 1 to 6, not 7", Refusal(new V1.Spec { Filter = new V1.Filter { Laplacian = 7 } }));
        Assert.Equal("--normaliser must be std or mean-abs, not number 7", Refusal(new V1.Spec { Normaliser = (V1.Normaliser)7 }));
    }

    [Theory]
    [InlineData(V1.Objective.L2, "l2(fire6):1,l2(fire8):0.5")]
    [InlineData(V1.Objective.Mean, "mean(fire6):1,mean(fire8):0.5")]
    public void A_spec_stored_before_the_objective_was_a_text_is_still_understood(V1.Objective kind, string objective)
    {
        var job = Read(SqueezeNet(spec => (spec.Layers, spec.LayersObjective) = ("fire6:1,fire8:0.5", kind)));

        Assert.Equal(objective, job.Objective.ToString());
        Assert.Equal(objective, job.Spec.Objective);
    }

    [Fact]
    public void A_guide_is_asked_for_where_a_layer_is_guided_and_only_there()
    {
        Assert.Equal("--guide is needed, for the objective guides fire8: name an image", Refusal(SqueezeNet(spec => spec.Objective = "guide")));
        Assert.StartsWith("--guide is given, but nothing in the objective l2(fire8):1 is guided", Refusal(SqueezeNet(spec => spec.GuideSha256 = SomeWeights)));
        Assert.StartsWith("--guide must be known by a SHA-256", Refusal(SqueezeNet(spec => (spec.Objective, spec.GuideSha256) = ("guide", "../guide"))));
        Assert.Equal(SomeWeights, Read(SqueezeNet(spec => (spec.Objective, spec.GuideSha256) = ("guide,l2", SomeWeights))).GuideSha256);
    }

    [Fact]
    public void Exact_and_automatic_context_come_from_the_network()
    {
        int exact = Read(SqueezeNet(spec => spec.Context = new V1.Context { Exact = true })).Plan.Spec.Context;
        int automatic = Read(SqueezeNet()).Plan.Spec.Context;

        Assert.Equal(112, exact);
        Assert.Equal(96, automatic);
    }

    [Theory]
    [InlineData(33, 67, 0.5, 16, 34)]   // 16.5 and 33.5: half to even
    [InlineData(100, 200, 2.5, 250, 500)]
    public void Scale_rounds_half_to_even(int height, int width, double scale, int expectedHeight, int expectedWidth)
    {
        Assert.True(SpecReader.TryRead(SqueezeNet(spec => (spec.Scale, spec.Octaves) = (scale, 1)), new Size(height, width), out var plan, out _));
        Assert.Equal(new Size(expectedHeight, expectedWidth), plan.Plan.Spec.Output);
    }

    [Theory]
    [InlineData(0, "--steps must be 1 to 10000, not 0")]
    [InlineData(10_001, "--steps must be 1 to 10000, not 10001")]
    [InlineData(-3, "--steps must be 1 to 10000, not -3")]
    public void Steps_out_of_range_are_refused(int steps, string problem) =>
        Assert.Equal(problem, Refusal(new V1.Spec { Steps = steps }));

    [Theory]
    [InlineData(0)]
    [InlineData(33)]
    public void Octaves_out_of_range_are_refused(int octaves) =>
        Assert.Equal($"--octaves must be 1 to 32, not {octaves}", Refusal(new V1.Spec { Octaves = octaves }));

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void No_number_may_be_infinite_or_none(double value)
    {
        Assert.StartsWith("--octave-scale must be 1.01 to 8, not ", Refusal(new V1.Spec { OctaveScale = value }));
        Assert.StartsWith("--step-size must be above 0, at most 1, not ", Refusal(new V1.Spec { StepSize = value }));
        Assert.StartsWith("--scale must be 0.01 to 64, not ", Refusal(new V1.Spec { Scale = value }));
    }

    [Fact]
    public void A_step_of_no_length_is_refused() =>
        Assert.Equal("--step-size must be above 0, at most 1, not 0", Refusal(new V1.Spec { StepSize = 0 }));

    [Fact]
    public void An_unknown_network_is_refused_with_the_nearest_name()
    {
        string problem = Refusal(new V1.Spec { Network = "squeezenet10" });
        Assert.StartsWith("--network: ", problem);
        Assert.Contains("\"squeezenet10\"", problem);
        Assert.Contains("did you mean \"squeezenet1_0\"", problem);
    }

    [Fact]
    public void An_unknown_layer_is_refused_with_the_nearest_name()
    {
        string problem = Refusal(SqueezeNet(spec => spec.Layers = "fire12"));
        Assert.StartsWith("--layers, column 1: ", problem);
        Assert.Contains("\"fire12\"", problem);
    }

    [Theory]
    [InlineData("")]
    [InlineData("fire8:nan")]
    [InlineData("fire8:1e999")]
    [InlineData("fire8,fire8")]
    [InlineData("fire8:")]
    public void Layers_that_make_no_sense_are_refused(string layers) =>
        Assert.StartsWith("--layers, column ", Refusal(SqueezeNet(spec => spec.Layers = layers)));

    [Fact]
    public void A_tile_off_the_stride_is_refused_with_the_values_beside_it()
    {
        Assert.Equal("--tile must be a multiple of 8 pixels, the stride of fire8: 96 or 104, not 100", Refusal(SqueezeNet(spec => spec.Tile = 100)));
        Assert.Equal("--tile must be a multiple of 8 pixels, the stride of fire8: 8, not 3", Refusal(SqueezeNet(spec => spec.Tile = 3)));
        Assert.Equal("--tile must be 0 to 65536 pixels, not -8", Refusal(SqueezeNet(spec => spec.Tile = -8)));
    }

    [Fact]
    public void Context_off_the_stride_is_refused_with_the_values_beside_it()
    {
        Assert.Equal("--context must be a multiple of 8 pixels, the stride of fire8: 0 or 8, not 5", Refusal(WithContext(5)));
        Assert.Equal("--context must be 0 to 4096 pixels, not 5000", Refusal(WithContext(5000)));

        static V1.Spec WithContext(int pixels) => SqueezeNet(spec => spec.Context = new V1.Context { Pixels = pixels });
    }

    [Fact]
    public void An_octave_that_would_be_too_small_is_named()
    {
        Assert.Contains("octave 1 would be 1x1 pixels", Refusal(SqueezeNet(), new Size(1, 1)));
        Assert.Contains("octave 1 would be 14x", Refusal(SqueezeNet(spec => (spec.Octaves, spec.OctaveScale) = (2, 8)), new Size(1000, 112)));
    }

    [Fact]
    public void A_canvas_beyond_a_thousand_megapixels_is_refused()
    {
        Assert.Equal(
            "--scale: the canvas would be 65536x40960 pixels; it can have at most 1000 megapixels and 1000000 pixels on a side",
            Refusal(SqueezeNet(spec => spec.Scale = 64)));
        Assert.StartsWith(
            "--output-size: the canvas would be 100000x100000 pixels",
            Refusal(SqueezeNet(spec => spec.OutputSize = new V1.Size { Width = 100_000, Height = 100_000 })));
    }

    [Theory]
    [InlineData(0, 100)]
    [InlineData(100, -1)]
    [InlineData(100, int.MaxValue)]
    public void An_output_size_out_of_range_is_refused(int width, int height) =>
        Assert.StartsWith("--output-size must be 16 to 1000000 pixels on each side, not ", Refusal(SqueezeNet(spec => spec.OutputSize = new V1.Size { Width = width, Height = height })));

    [Fact]
    public void Tiles_so_small_that_there_would_be_millions_are_refused() =>
        Assert.Contains("take a larger tile", Refusal(SqueezeNet(spec =>
        {
            (spec.Layers, spec.Tile) = ("conv1", 2);
            spec.OutputSize = new V1.Size { Width = 10_000, Height = 10_000 };
        })));

    [Fact]
    public void Windows_too_large_to_address_are_refused() =>
        Assert.Contains("take a smaller tile", Refusal(SqueezeNet(spec =>
        {
            spec.Tile = 65_536;
            spec.OutputSize = new V1.Size { Width = 30_000, Height = 30_000 };
        })));

    [Fact]
    public void Weights_are_asked_for_where_none_are_built_in()
    {
        string problem = Refusal(new V1.Spec { Network = "squeezenet1_0" });
        Assert.Equal("--weights is needed, for squeezenet1_0 has no built-in weights: name their file", problem);
    }

    [Theory]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("../../../../../../../../../../../../../../../../../../etc/passwd00")]
    public void A_malformed_hash_of_weights_is_refused(string hash) =>
        Assert.Equal("--weights must be known by a SHA-256 of 64 lowercase hexadecimal digits", Refusal(new V1.Spec { WeightsSha256 = hash }));

    [Fact]
    public void A_choice_from_a_newer_client_is_refused()
    {
        Assert.StartsWith("--objective must be ", Refusal(new V1.Spec { LayersObjective = (V1.Objective)9 }));
        Assert.StartsWith("--octave-mode must be ", Refusal(new V1.Spec { OctaveMode = (V1.OctaveMode)9 }));
        Assert.StartsWith("--boundary must be ", Refusal(new V1.Spec { Boundary = (V1.Boundary)9 }));
    }

    [Fact]
    public void The_spec_that_was_sent_is_left_alone()
    {
        var spec = SqueezeNet();
        var before = spec.Clone();
        Read(spec);
        Assert.Equal(before, spec);
    }

    private static V1.Spec SqueezeNet(Action<V1.Spec>? change = null)
    {
        var spec = new V1.Spec { Network = "squeezenet1_0", WeightsSha256 = SomeWeights };
        change?.Invoke(spec);
        return spec;
    }

    private static JobPlan Read(V1.Spec spec)
    {
        Assert.True(SpecReader.TryRead(spec, Photograph, out var plan, out string? problem), problem);
        return plan;
    }

    private static string Refusal(V1.Spec spec, Size? input = null)
    {
        Assert.False(SpecReader.TryRead(spec, input ?? Photograph, out var plan, out string? problem));
        Assert.Null(plan);
        return problem;
    }
}
