using System.Diagnostics;
using System.Text.RegularExpressions;
using DreamFarm.Farm.Tests.Kubernetes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace DreamFarm.Farm.Tests;

/// <summary>The chart and what is rendered from it: read strictly, whole in itself, and of one mind with the command.</summary>
public sealed partial class DeploymentTests : IDisposable
{
    private static readonly string Root = FindRoot();

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_rendered_manifests_fit_together() => Check(Read(Path.Combine(Root, "k8s")));

    [Fact]
    public async Task The_rendered_manifests_are_what_the_chart_gives_now()
    {
        await RenderAsync("same", values => values);
        foreach (string file in Directory.GetFiles(Path.Combine(Root, "k8s")))
            Assert.Equal(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken), await File.ReadAllTextAsync(_folder[$"same/{Path.GetFileName(file)}"], TestContext.Current.CancellationToken));
        Assert.Equal(Directory.GetFiles(_folder["same"]).Length, Directory.GetFiles(Path.Combine(Root, "k8s")).Length);
    }

    [Fact]
    public async Task Other_values_fit_together_too()
    {
        var open = await RenderAsync("open", values => Replace(values, "\ninsecure: false", "\ninsecure: true"));
        Check(open);
        Assert.DoesNotContain(open.SelectMany(Containers).SelectMany(container => container.Env), variable => variable.Name.Contains("TLS") || variable.Name.Contains("TOKEN"));
        Assert.All(open.SelectMany(Containers).Select(container => container.ReadinessProbe!.HttpGet), probe => Assert.Equal("HTTP", probe.Scheme));
        Assert.Empty(open.SelectMany(manifest => manifest.Spec?.Template?.Spec.InitContainers ?? []));

        var full = await RenderAsync("full", values =>
        {
            values = Replace(values, "    existingSecret: \"\"", "    existingSecret: store");
            values = Replace(values, "otlpEndpoint: \"\"", "otlpEndpoint: http://collector:4317");
            values = Replace(values, "pullSecrets: []", "pullSecrets: [puller]");
            values = Replace(values, "className: \"\"", "className: fast");
            values = Replace(values, "tag: \"\"", "tag: v2");
            return Replace(values, "    nodeSelector: {}\n    tolerations: []", "    nodeSelector: {disk: ssd}\n    tolerations: [{key: spot, value: \"yes\", effect: NoExecute}]");
        });
        Check(full);
        var coordinator = full.Single(manifest => manifest.Kind == "StatefulSet").Spec!;
        Assert.All(coordinator.Template!.Spec.InitContainers.Concat(coordinator.Template.Spec.Containers), container =>
            Assert.Equal("store", container.Env.Single(variable => variable.Name == "DREAMFARM_STORE").ValueFrom!.SecretKeyRef!.Name));
        Assert.Equal("fast", coordinator.VolumeClaimTemplates.Single().Spec.StorageClassName);
        Assert.All(full.SelectMany(Containers), container =>
        {
            Assert.EndsWith(":v2", container.Image);
            Assert.Contains(container.Env, variable => variable is { Name: "OTEL_EXPORTER_OTLP_ENDPOINT", Value: "http://collector:4317" });
        });
        var pool = full.First(manifest => manifest.Kind == "Deployment").Spec!.Template!.Spec;
        Assert.Equal(("ssd", "spot", "yes", "Equal", "NoExecute", "puller"), (pool.NodeSelector["disk"], pool.Tolerations[0].Key, pool.Tolerations[0].Value, pool.Tolerations[0].Operator, pool.Tolerations[0].Effect, pool.ImagePullSecrets[0].Name));
    }

    [Fact]
    public async Task Every_variable_and_flag_of_the_manifests_and_images_is_one_of_the_command()
    {
        var containers = Read(Path.Combine(Root, "k8s")).Where(manifest => manifest.Spec?.Template is not null)
            .SelectMany(manifest => manifest.Spec!.Template!.Spec.InitContainers.Concat(manifest.Spec.Template.Spec.Containers));
        foreach (var container in containers.DistinctBy(container => container.Name))
        {
            string[] verbs = [.. container.Args.TakeWhile(argument => !argument.StartsWith('-'))];
            string help = (await DreamfarmRun.InAsync(_folder.FullName, [.. verbs, "--help"])).Output;
            Assert.All(container.Args.Where(argument => argument.StartsWith('-')), flag => Assert.Contains($"  {flag} ", help));
            Assert.All(container.Env.Where(variable => variable.Name.StartsWith("DREAMFARM_", StringComparison.Ordinal)), variable => Assert.Contains($"${variable.Name}", help));
        }

        string dockerfile = await File.ReadAllTextAsync(Path.Combine(Root, "Dockerfile"), TestContext.Current.CancellationToken);
        string all = (await DreamfarmRun.InAsync(_folder.FullName, "coordinator", "--help")).Output + (await DreamfarmRun.InAsync(_folder.FullName, "worker", "--help")).Output;
        var named = VariableName().Matches(dockerfile).Select(match => match.Value).ToArray();
        Assert.NotEmpty(named);
        Assert.All(named, name => Assert.Contains($"${name}", all));
    }

    [Theory]
    [InlineData("  replicas: 1\n", "  replicas: 1\n  replica: 2\n")]
    [InlineData("          livenessProbe:\n", "          livenessProb:\n")]
    [InlineData("      terminationGracePeriodSeconds: 60\n", "")]
    [InlineData("  replicas: 1\n", "  replicas: one\n")]
    [InlineData("  replicas: 1\n", "  replicas: 1\n  replicas: 1\n")]
    public void The_reading_is_strict(string right, string wrong)
    {
        string text = File.ReadAllText(Path.Combine(Root, "k8s", "coordinator.yaml"));
        Assert.Single(Parse(text));
        Assert.ThrowsAny<YamlException>(() => Parse(Replace(text, right, wrong)));
    }

    [Fact]
    public async Task A_health_probe_says_by_its_exit_code_how_it_is()
    {
        var run = await DreamfarmRun.InAsync(_folder.FullName, "health", "http://127.0.0.1:1/health/live");
        Assert.StartsWith("http://127.0.0.1:1/health/live does not answer", run.Refusal());
        await using var collector = await Collector.StartAsync();
        run = await DreamfarmRun.InAsync(_folder.FullName, "health", $"{collector.Url}/health/live");
        Assert.EndsWith("/health/live answers 404", run.Refusal());
        Assert.StartsWith("\"nonsense\" is no URL", (await DreamfarmRun.InAsync(_folder.FullName, "health", "nonsense")).Refusal());
    }

    private static void Check(List<Manifest> manifests)
    {
        Assert.Equal(["Deployment", "Deployment", "Service", "Service", "Service", "ServiceAccount", "StatefulSet"], manifests.Select(manifest => manifest.Kind).Order());
        Assert.Distinct(manifests.Select(manifest => (manifest.Kind, manifest.Metadata.Name)));
        Assert.All(manifests, manifest => Assert.Equal(manifest.Kind is "Deployment" or "StatefulSet" ? "apps/v1" : "v1", manifest.ApiVersion));
        var workloads = manifests.Where(manifest => manifest.Spec?.Template is not null).ToArray();
        foreach (var workload in workloads)
        {
            var pod = workload.Spec!.Template!;
            AssertSelects(Assert.IsType<Dictionary<object, object>>(((Dictionary<object, object>)workload.Spec.Selector!)["matchLabels"]), pod.Metadata.Labels);
            Assert.Single(workloads, other => ((Dictionary<object, object>)((Dictionary<object, object>)other.Spec!.Selector!)["matchLabels"])
                .All(label => pod.Metadata.Labels.GetValueOrDefault((string)label.Key) == (string)label.Value));

            var spec = pod.Spec;
            Assert.Contains(manifests, manifest => manifest.Kind == "ServiceAccount" && manifest.Metadata.Name == spec.ServiceAccountName && manifest.AutomountServiceAccountToken == false);
            Assert.True(spec is { AutomountServiceAccountToken: false, SecurityContext: { RunAsNonRoot: true, RunAsUser: 1654, FsGroup: 1654 } });
            string[] volumes = [.. spec.Volumes.Select(volume => volume.Name), .. workload.Spec.VolumeClaimTemplates.Select(claim => claim.Metadata.Name!)];
            Assert.Distinct(volumes);
            foreach (var container in spec.InitContainers.Concat(spec.Containers))
            {
                Assert.All(container.VolumeMounts, mount => Assert.Contains(mount.Name, volumes));
                Assert.True(container.SecurityContext is { AllowPrivilegeEscalation: false, ReadOnlyRootFilesystem: true });
                Assert.Equal(["ALL"], container.SecurityContext.Capabilities.Drop);
                Assert.Distinct(container.Env.Select(variable => variable.Name));
                Assert.True(container.Resources["requests"].ContainsKey("cpu") && container.Resources["requests"].ContainsKey("memory") && container.Resources["limits"].ContainsKey("memory"));
                // Files that variables name lie on a volume.
                Assert.All(container.Env.Where(variable => variable.Value?.StartsWith('/') == true), variable =>
                    Assert.Contains(container.VolumeMounts, mount => variable.Value == mount.MountPath || variable.Value!.StartsWith(mount.MountPath + "/", StringComparison.Ordinal)));
            }
            foreach (var container in spec.Containers)
            {
                foreach (var probe in new[] { container.StartupProbe!, container.LivenessProbe!, container.ReadinessProbe! })
                    Assert.Equal("web", Assert.Single(container.Ports, port => port.Name == probe.HttpGet.Port).Name);
                Assert.Equal(("/health/live", "/health/live", "/health/ready"), (container.StartupProbe!.HttpGet.Path, container.LivenessProbe!.HttpGet.Path, container.ReadinessProbe!.HttpGet.Path));
                // Ports are those that it is told to listen on.
                Assert.All(container.Ports, port => Assert.Contains(container.Env, variable => variable.Value == $"0.0.0.0:{port.Number}"));
            }
        }
        foreach (var service in manifests.Where(manifest => manifest.Kind == "Service"))
        {
            var selector = (Dictionary<object, object>)service.Spec!.Selector!;
            var target = Assert.Single(workloads, workload => selector.All(label => workload.Spec!.Template!.Metadata.Labels.GetValueOrDefault((string)label.Key) == (string)label.Value));
            Assert.All(service.Spec.Ports, port => Assert.Contains(target.Spec!.Template!.Spec.Containers.Single().Ports, named => named.Name == port.TargetPort));
        }
        var stateful = manifests.Single(manifest => manifest.Kind == "StatefulSet");
        Assert.Equal("None", manifests.Single(manifest => manifest.Kind == "Service" && manifest.Metadata.Name == stateful.Spec!.ServiceName).Spec!.ClusterIP);
        // Workers dial a Service that is there.
        Assert.All(workloads.Where(workload => workload.Kind == "Deployment").SelectMany(Containers), container =>
        {
            var url = new Uri(container.Env.Single(variable => variable.Name == "DREAMFARM_COORDINATOR").Value!);
            Assert.Contains(manifests, manifest => manifest.Kind == "Service" && manifest.Metadata.Name == url.Host && manifest.Spec!.Ports.Any(port => port.Port == url.Port));
        });
    }

    private static IEnumerable<Container> Containers(Manifest manifest) => manifest.Spec?.Template?.Spec.Containers ?? [];

    private static void AssertSelects(Dictionary<object, object> selector, Dictionary<string, string> labels)
    {
        Assert.NotEmpty(selector);
        Assert.All(selector, label => Assert.Equal((string)label.Value, labels[(string)label.Key]));
    }

    private async Task<List<Manifest>> RenderAsync(string name, Func<string, string> change)
    {
        string values = await File.ReadAllTextAsync(Path.Combine(Root, "helm", "dreamfarm", "values.yaml"), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(_folder[$"{name}.yaml"], change(values), TestContext.Current.CancellationToken);
        var start = new ProcessStartInfo(Path.Combine(Root, "scripts", "render-k8s.sh"), [_folder[name], _folder[$"{name}.yaml"]]) { RedirectStandardError = true, RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var run = await DreamfarmRun.EndOfAsync(process);
        Assert.SkipWhen(run.Errors.Contains("neither helm nor kubectl is there"), "neither helm nor kubectl is there to render the chart");
        Assert.True(run.ExitCode == 0, run.Errors);
        return Read(_folder[name]);
    }

    private static string Replace(string text, string old, string with)
    {
        Assert.Contains(old, text);
        return new Regex(Regex.Escape(old)).Replace(text, with.Replace("$", "$$"), 1);
    }

    private static List<Manifest> Read(string folder) => [.. Directory.GetFiles(folder, "*.yaml").Order().SelectMany(file => Parse(File.ReadAllText(file)))];

    private static List<Manifest> Parse(string text)
    {
        Assert.DoesNotContain("<no value>", text);
        var reader = new DeserializerBuilder().WithNamingConvention(CamelCaseNamingConvention.Instance).WithDuplicateKeyChecking().WithEnforceRequiredMembers().Build();
        var parser = new Parser(new StringReader(text));
        parser.Consume<StreamStart>();
        var manifests = new List<Manifest>();
        while (parser.Accept<DocumentStart>(out _))
            manifests.Add(reader.Deserialize<Manifest>(parser));
        return manifests;
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "DreamFarm.sln")))
                return folder.FullName;
        throw new InvalidOperationException("the tests do not lie in the repository");
    }

    [GeneratedRegex("DREAMFARM_[A-Z_]+")]
    private static partial Regex VariableName();
}
