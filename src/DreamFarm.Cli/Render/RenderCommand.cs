using System.CommandLine;
using System.Globalization;
using DreamFarm.Cli.Failures;
using DreamFarm.Cli.Files;
using DreamFarm.Cli.Inputs;
using DreamFarm.Cli.Progress;
using DreamFarm.Cli.Settings;
using DreamFarm.Cli.Specs;
using DreamFarm.Dreaming;
using DreamFarm.Engine;
using DreamFarm.Imaging;
using DreamFarm.Networks;
using DreamFarm.Protocol.Progress;
using DreamFarm.Protocol.Specs;

namespace DreamFarm.Cli.Render;

/// <summary><c>dreamfarm render</c>: a whole dream in this process, without any socket.</summary>
internal static class RenderCommand
{
    public static Command Create()
    {
        var input = new Argument<string>("IN") { Description = InputImage.Description };
        var output = new Option<string>("--output", "-o") { HelpName = "OUT", Required = true, Description = "the result: .png, .jpg, .tif, .webp or .npy" };
        var command = new Command("render", "dreams on this machine, in one process") { input, output };
        var engine = new EngineFlags(command);
        var flags = new SpecFlags(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var draft = flags.Read(parsed);
            var options = engine.Read(parsed);
            var target = OutputTarget.Check(parsed.GetValue(output)!);
            using var image = await InputImage.PrepareAsync(parsed.GetValue(input)!, cancellation);
            bool changed = await RunAsync(image, target, draft, options, cancellation);
            Console.Error.WriteLine($"wrote {target.Path}");
            if (!changed)
                Console.Error.WriteLine("the gradient was zero in every step, so nothing grew: nothing in the input excites what was asked for; take another channel, layer or input");
            return ExitCode.Done;
        });
        return command;
    }

    /// <returns>Whether there was a gradient in any step: a channel behind a ReLU that is dark everywhere has none.</returns>
    private static async Task<bool> RunAsync(InputImage input, OutputTarget target, SpecDraft draft, EngineOptions options, CancellationToken cancellation)
    {
        // 1. Everything that can be refused is refused before work begins.
        var spec = draft.ToSpec();
        using var weights = WeightsChoice.Resolve(spec, draft.WeightsFile);
        var guide = await GuideChoice.ResolveAsync(spec, draft.GuideFile, weights, cancellation);
        var header = ImageReader.Inspect(input.Path);
        if (!SpecReader.TryRead(spec, new Size(header.Height, header.Width), out var job, out string? problem))
            throw new UserException(draft.Place(problem));
        var size = job.Plan.Spec.Output;
        var picture = target.Format.KeepsCanvas ? size : job.Result;
        if (target.Format.CheckSize(picture.Width, picture.Height) is { } complaint)
            throw new UserException(complaint);

        using var engine = Start(weights, options, job);

        // 2. The photograph is decoded once; octaves read its rows from there.
        using var folder = new TemporaryFolder();
        await using var display = ProgressDisplay.Open();
        display.Report($"decoding {input.Name}");
        var info = await ImageReader.DecodeAsync(input.Path, folder.File("input.raw"), folder.File("alpha.raw"), cancellationToken: cancellation);
        using var image = new RawImage(folder.File("input.raw"), info.Width, info.Height, info.BitsPerSample);
        using var alpha = info.HasAlpha ? new RawAlpha(folder.File("alpha.raw"), info.Width, info.Height, info.BitsPerSample) : null;

        // 3. The dream.
        using var gradients = new EngineGradients(engine, job, guide);
        using var canvas = new LocalCanvas(job.Plan, new RawOriginal(image), gradients);
        var meter = new ProgressMeter(job.Plan, TimeProvider.System);
        bool changed = false;
        await new Dream(job.Plan, canvas, job.Objectives, (octave, measuring) => display.Report(meter.Measuring(octave, measuring))).RunAsync(step =>
        {
            changed |= step.Scale > 0;
            var progress = meter.Stepped(step);
            if (job.Objectives.AreChosen)
                progress.Objective = step.Objective;
            display.Report(progress);
        }, cancellation);

        // 4. The picture, under its name only when it is complete.
        display.Report(string.Create(CultureInfo.InvariantCulture, $"encoding {picture.Pixels / 1e6:0.0} megapixels"));
        var encoding = new ImageWriteOptions { Alpha = alpha, Width = picture.Width, Height = picture.Height };
        await ImageWriter.WriteAsync(target.Path, size.Width, size.Height, ReadRows, encoding, cancellation);
        return changed;

        ValueTask ReadRows(int first, Memory<short> rows, CancellationToken cancel)
        {
            cancel.ThrowIfCancellationRequested();
            canvas.ReadRows(job.Plan.Octaves[^1], first, rows.Length / (3 * size.Width), rows.Span);
            return ValueTask.CompletedTask;
        }
    }

    private static GradientEngine Start(NetworkWeights weights, EngineOptions options, JobPlan job)
    {
        Libtorch.Load();
        // One lane a processor, unless their windows would not fit into memory together.
        if (options is { Lanes: null, Device: "cpu" })
        {
            int fit = WindowMemory.Lanes(new NetworkGeometry(job.Network), job.Evaluation, options.Precision, WindowMemory.Available, job.Plan.LargestWindow);
            options = options with { Lanes = Math.Min(fit, Environment.ProcessorCount) };
        }
        try
        {
            return new GradientEngine(weights, options);
        }
        catch (ArgumentException e)
        {
            throw new UserException($"{e.Message}", e);
        }
    }
}
