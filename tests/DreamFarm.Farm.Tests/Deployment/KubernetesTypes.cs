using YamlDotNet.Serialization;

namespace DreamFarm.Farm.Tests.Kubernetes;

// What the manifests use of Kubernetes' API (1.32), and nothing else: a field that is not here, misspelt or misplaced, is refused. Names and
// types are those of the API reference.
internal sealed record Manifest
{
    public required string ApiVersion { get; init; }

    public required string Kind { get; init; }

    public required Metadata Metadata { get; init; }

    public Spec? Spec { get; init; }

    public bool? AutomountServiceAccountToken { get; init; }
}

internal sealed record Metadata
{
    public string? Name { get; init; }

    public Dictionary<string, string> Labels { get; init; } = [];
}

/// <summary>Of a Service, StatefulSet or Deployment; its selector differs.</summary>
internal sealed record Spec
{
    public object? Selector { get; init; }

    // Service
    public string? ClusterIP { get; init; }

    public bool? PublishNotReadyAddresses { get; init; }

    public List<ServicePort> Ports { get; init; } = [];

    // StatefulSet, Deployment
    public int? Replicas { get; init; }

    public string? ServiceName { get; init; }

    public Strategy? Strategy { get; init; }

    public PodTemplate? Template { get; init; }

    public List<VolumeClaim> VolumeClaimTemplates { get; init; } = [];
}

internal sealed record ServicePort
{
    public required string Name { get; init; }

    public required int Port { get; init; }

    public required string TargetPort { get; init; }
}

internal sealed record Strategy
{
    public required string Type { get; init; }

    public required RollingUpdate RollingUpdate { get; init; }
}

internal sealed record RollingUpdate
{
    public required int MaxSurge { get; init; }

    public required int MaxUnavailable { get; init; }
}

internal sealed record PodTemplate
{
    public required Metadata Metadata { get; init; }

    public required PodSpec Spec { get; init; }
}

internal sealed record PodSpec
{
    public required string ServiceAccountName { get; init; }

    public required bool AutomountServiceAccountToken { get; init; }

    public required PodSecurity SecurityContext { get; init; }

    public List<NameReference> ImagePullSecrets { get; init; } = [];

    public required int TerminationGracePeriodSeconds { get; init; }

    public Dictionary<string, string> NodeSelector { get; init; } = [];

    public List<Toleration> Tolerations { get; init; } = [];

    public List<Container> InitContainers { get; init; } = [];

    public required List<Container> Containers { get; init; }

    public required List<Volume> Volumes { get; init; }
}

internal sealed record PodSecurity
{
    public required bool RunAsNonRoot { get; init; }

    public required long RunAsUser { get; init; }

    public required long RunAsGroup { get; init; }

    public required long FsGroup { get; init; }

    public required string FsGroupChangePolicy { get; init; }

    public required SeccompProfile SeccompProfile { get; init; }
}

internal sealed record SeccompProfile
{
    public required string Type { get; init; }
}

internal sealed record NameReference
{
    public required string Name { get; init; }
}

internal sealed record Toleration
{
    public required string Operator { get; init; }

    public string? Key { get; init; }

    public string? Value { get; init; }

    public string? Effect { get; init; }
}

internal sealed record Container
{
    public required string Name { get; init; }

    public required string Image { get; init; }

    public required string ImagePullPolicy { get; init; }

    public required List<string> Args { get; init; }

    public required ContainerSecurity SecurityContext { get; init; }

    public List<Variable> Env { get; init; } = [];

    public List<ContainerPort> Ports { get; init; } = [];

    public Probe? StartupProbe { get; init; }

    public Probe? LivenessProbe { get; init; }

    public Probe? ReadinessProbe { get; init; }

    public required Dictionary<string, Dictionary<string, string>> Resources { get; init; }

    public List<Mount> VolumeMounts { get; init; } = [];
}

internal sealed record ContainerSecurity
{
    public required bool AllowPrivilegeEscalation { get; init; }

    public required bool ReadOnlyRootFilesystem { get; init; }

    public required Capabilities Capabilities { get; init; }
}

internal sealed record Capabilities
{
    public required List<string> Drop { get; init; }
}

internal sealed record Variable
{
    public required string Name { get; init; }

    public string? Value { get; init; }

    public VariableSource? ValueFrom { get; init; }
}

internal sealed record VariableSource
{
    public FieldReference? FieldRef { get; init; }

    public SecretKey? SecretKeyRef { get; init; }
}

internal sealed record FieldReference
{
    public required string FieldPath { get; init; }
}

internal sealed record SecretKey
{
    public required string Name { get; init; }

    public required string Key { get; init; }
}

internal sealed record ContainerPort
{
    public required string Name { get; init; }

    [YamlMember(Alias = "containerPort")]
    public required int Number { get; init; }
}

internal sealed record Probe
{
    public required HttpGet HttpGet { get; init; }

    public required int PeriodSeconds { get; init; }

    public int TimeoutSeconds { get; init; } = 1;

    public required int FailureThreshold { get; init; }
}

internal sealed record HttpGet
{
    public required string Path { get; init; }

    public required string Port { get; init; }

    public string Scheme { get; init; } = "HTTP";
}

internal sealed record Mount
{
    public required string Name { get; init; }

    public required string MountPath { get; init; }

    public bool ReadOnly { get; init; }
}

internal sealed record Volume
{
    public required string Name { get; init; }

    public Dictionary<string, string>? EmptyDir { get; init; }

    public SecretVolume? Secret { get; init; }
}

internal sealed record SecretVolume
{
    public required string SecretName { get; init; }

    public required int DefaultMode { get; init; }

    public List<SecretItem> Items { get; init; } = [];
}

internal sealed record SecretItem
{
    public required string Key { get; init; }

    public required string Path { get; init; }
}

internal sealed record VolumeClaim
{
    public required Metadata Metadata { get; init; }

    public required ClaimSpec Spec { get; init; }
}

internal sealed record ClaimSpec
{
    public required List<string> AccessModes { get; init; }

    public string? StorageClassName { get; init; }

    public required Dictionary<string, Dictionary<string, string>> Resources { get; init; }
}
