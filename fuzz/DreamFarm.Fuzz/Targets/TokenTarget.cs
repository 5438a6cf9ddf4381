using System.Net.Http.Headers;
using System.Text;
using DreamFarm.Coordinator;
using DreamFarm.Security;

namespace DreamFarm.Fuzz;

/// <summary>A token: the header that a client sends, and the file that it has it from.</summary>
internal sealed class TokenTarget : IFuzzTarget
{
    public string Name => "token";

    public int Share => 4;

    public IEnumerable<byte[]> Seeds => ["Bearer dft_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"u8.ToArray(), "dft_x"u8.ToArray(), " dft_x\r\n"u8.ToArray()];

    public IReadOnlyList<string> Words => ["Bearer ", "bearer", "dft_", "\"", "=", ",", "\u0000", "\u0130"];

    public void Run(byte[] input)
    {
        string text = Encoding.UTF8.GetString(input);
        if (AuthenticationHeaderValue.TryParse(text, out var said) && said.Parameter is { } parameter && TokenText.Hash(parameter).Length != 64)
            throw new InvalidOperationException("a hash of another length");
        try
        {
            string value = BearerToken.Of(text, "input").Value;
            // What it accepts a header can carry.
            _ = new AuthenticationHeaderValue("Bearer", value).ToString();
        }
        catch (ConnectionException)
        {
            // As documented.
        }
    }
}
