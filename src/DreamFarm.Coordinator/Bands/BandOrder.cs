using DreamFarm.Dreaming;
using DreamFarm.Protocol.Specs;
using Orleans;
using V1 = DreamFarm.Protocol.V1;

namespace DreamFarm.Coordinator;

/// <summary>All that a band needs to know of its job: the plan follows from it on every silo alike.</summary>
/// <param name="Spec">A protobuf Spec with every default written out.</param>
/// <param name="InputBits">Bits of a sample of the decoded input.</param>
[GenerateSerializer, Immutable]
internal sealed record BandOrder(string Job, byte[] Spec, int InputHeight, int InputWidth, int InputBits)
{
    public static BandOrder For(JobRecord job) =>
        new(job.Id, Google.Protobuf.MessageExtensions.ToByteArray(job.Spec), job.Input.Height, job.Input.Width, job.InputBits);

    public JobPlan ToPlan() =>
        SpecReader.TryRead(V1.Spec.Parser.ParseFrom(Spec), new Size(InputHeight, InputWidth), out var plan, out string? problem)
            ? plan
            : throw new InvalidOperationException($"job {Job} was accepted and cannot be planned any more: {problem}");
}
