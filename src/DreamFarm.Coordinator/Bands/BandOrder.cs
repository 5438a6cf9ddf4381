using DreamFarm.Dreaming;
using DreamFarm.Protocol.Specs;
using V1 = DreamFarm.Protocol.V1;

namespace DreamFarm.Coordinator;

/// <summary>All that a band needs to know of its job: the plan follows from it on every silo alike.</summary>
/// <param name="Spec">A protobuf Spec with every default written out.</param>
/// <param name="InputBits">Bits of a sample of the decoded input.</param>
/// <param name="Owner">Whose job it is: owners share the workers' time.</param>
/// <param name="Priority">Higher comes first.</param>
/// <param name="NumericsClass">The class that the job has taken and keeps to; empty before.</param>
[GenerateSerializer, Immutable]
internal sealed record BandOrder(string Job, byte[] Spec, int InputHeight, int InputWidth, int InputBits, string Owner, int Priority, string NumericsClass)
{
    public static BandOrder For(JobRecord job) =>
        new(job.Id, Google.Protobuf.MessageExtensions.ToByteArray(job.Spec), job.Input.Height, job.Input.Width, job.InputBits,
            job.Owner, job.Priority, job.NumericsClass);

    public JobPlan ToPlan() =>
        SpecReader.TryRead(V1.Spec.Parser.ParseFrom(Spec), new Size(InputHeight, InputWidth), out var plan, out string? problem)
            ? plan
            : throw new InvalidOperationException($"job {Job} was accepted and cannot be planned any more: {problem}");
}
