namespace DreamFarm.Cli.Failures;

/// <summary>
/// The process's own streams, for a world in which they can be closed or lead to a full disk. Messages that nobody can
/// read are dropped, for a dream is worth more than its progress; a result that cannot be written is a failure with a
/// sentence.
/// </summary>
internal static class StandardStreams
{
    /// <summary>Takes the place of the console's writers.</summary>
    public static void Guard()
    {
        Console.SetError(new GuardedWriter(Console.Error, _ => { }));
        Console.SetOut(new GuardedWriter(Console.Out, e => throw new UserException($"the standard output cannot be written: {(e is IOException ? SystemReason.Of(e) : "it is closed")}", e)));
    }

    private sealed class GuardedWriter(TextWriter writer, Action<Exception> failed) : TextWriter
    {
        public override System.Text.Encoding Encoding => writer.Encoding;

        public override void Write(char value) => Try(() => writer.Write(value));

        public override void Write(string? value) => Try(() => writer.Write(value));

        public override void Write(char[] buffer, int index, int count) => Try(() => writer.Write(buffer, index, count));

        public override void WriteLine(string? value) => Try(() => writer.WriteLine(value));

        public override void Flush() => Try(writer.Flush);

        private void Try(Action write)
        {
            try
            {
                write();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
            {
                failed(e);
            }
        }
    }
}
