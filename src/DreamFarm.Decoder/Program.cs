using DreamFarm.Decoder;

// 1. Whatever is read from here on is read within the limits.
ProcessLimits limits;
try
{
    limits = ProcessLimits.Parse(args);
    limits.Apply();
}
catch (Exception e) when (e is FormatException or OverflowException or System.ComponentModel.Win32Exception or PlatformNotSupportedException)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}

// 2. The frames alone go to stdout; what anything else would print there ends up with the log's lines.
await using var requests = Console.OpenStandardInput();
await using var replies = Console.OpenStandardOutput();
Console.SetOut(Console.Error);

// 3. Serves until the coordinator closes the pipe or dies.
await new DecoderLoop(requests, replies).RunAsync();
return 0;
