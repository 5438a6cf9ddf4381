using System.Globalization;

namespace DreamFarm.Coordinator;

/// <summary>Which band of which octave of which job.</summary>
internal readonly record struct BandKey(string Job, int Octave, int Band)
{
    public static BandKey Parse(string key)
    {
        string[] parts = key.Split('/');
        return new BandKey(parts[0], int.Parse(parts[1], CultureInfo.InvariantCulture), int.Parse(parts[2], CultureInfo.InvariantCulture));
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Job}/{Octave}/{Band}");
}
