using DreamFarm.Coordinator;

namespace DreamFarm.Fuzz;

/// <summary>A checkpoint's manifest.</summary>
internal sealed class ManifestTarget : IFuzzTarget
{
    public string Name => "manifest";

    public int Share => 6;

    public IEnumerable<byte[]> Seeds =>
    [
        new CheckpointManifest
        {
            Job = "d-aaaaaaaaaa",
            Octave = 1,
            Steps = 3,
            Time = DateTimeOffset.UnixEpoch,
            Height = 80,
            Width = 96,
            Fingerprint = new string('0', 64),
            NumericsClass = "a1b2",
            Parts = [new(46080, 17), new(0, 0)],
        }.ToFile(),
    ];

    public IReadOnlyList<string> Words =>
        ["\"format\"", "\"parts\"", "\"bytes\"", "\"crc32c\"", "null", "[", "]", "{", "}", ",", ":", "1e400", "9223372036854775807", "\"\\ud800\"", "\"9999-12-31T23:59:59-14:00\"", "[[[[[[[[["];

    public void Run(byte[] input) => CheckpointManifest.Parse(input, out _);
}
