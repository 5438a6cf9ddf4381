using System.Security.Cryptography;
using Google.Protobuf;

namespace DreamFarm.Coordinator;

/// <summary>
/// Which dream a checkpoint belongs to: a hash over the job, its spec and its input's sizes. An input lies in its job's folder from
/// before the job is accepted and is never replaced, so the job's name stands for its pixels.
/// </summary>
internal static class JobFingerprint
{
    /// <returns>SHA-256, lowercase hexadecimal.</returns>
    public static string Of(JobRecord job)
    {
        // A job may become mixed and go on from its checkpoint.
        var spec = job.Spec.Clone();
        spec.Mixed = false;
        string head = FormattableString.Invariant($"{job.Id} {job.Input.Height} {job.Input.Width} {job.InputBits}\n");
        return Convert.ToHexStringLower(SHA256.HashData([.. System.Text.Encoding.UTF8.GetBytes(head), .. spec.ToByteArray()]));
    }
}
