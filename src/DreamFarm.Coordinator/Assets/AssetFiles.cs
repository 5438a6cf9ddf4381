using System.Security.Cryptography;
using DreamFarm.Protocol.Assets;

namespace DreamFarm.Coordinator;

/// <summary>
/// The assets as files, named by their SHA-256. One is there whole and verified or not at all; nothing here deletes one, for any
/// job may need it again.
/// </summary>
internal sealed class AssetFiles(JobFiles files)
{
    /// <summary>Where an asset lies, whether or not it is there.</summary>
    /// <exception cref="ArgumentException">That is no hash, and so no name of a file.</exception>
    public string Find(string sha256) =>
        AssetHash.IsValid(sha256) ? Path.Combine(files.Assets, sha256) : throw new ArgumentException($"\"{sha256}\" is no SHA-256.", nameof(sha256));

    /// <summary>Whether an asset is there.</summary>
    public bool Contains(string sha256) => File.Exists(Find(sha256));

    /// <summary>Takes bytes in order; the asset is there when <see cref="Incoming.Keep"/> has returned.</summary>
    public Incoming Receive(string sha256) => new(files.Temporary(), Find(sha256));

    /// <summary>An asset on its way. Two of the same hash do not disturb each other: the later one takes the place of its equal.</summary>
    internal sealed class Incoming(string partial, string target) : IAsyncDisposable
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private readonly FileStream _file = new(partial, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Options = FileOptions.Asynchronous,
            BufferSize = 0,
        });

        /// <summary>Bytes that have come.</summary>
        public long Length { get; private set; }

        public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
        {
            _hash.AppendData(bytes.Span);
            Length += bytes.Length;
            return _file.WriteAsync(bytes, cancellation);
        }

        /// <summary>Puts the asset into its place, for good, if it is the one that was announced.</summary>
        /// <param name="actual">The SHA-256 of what has come.</param>
        /// <returns>False if its hash is another; then nothing is kept.</returns>
        public bool Keep(out string actual)
        {
            actual = Convert.ToHexStringLower(_hash.GetHashAndReset());
            if (actual != Path.GetFileName(target))
                return false;
            _file.Dispose();
            DurableFile.Rename(partial, target);
            return true;
        }

        /// <summary>Removes what has come, unless it was kept.</summary>
        public async ValueTask DisposeAsync()
        {
            await _file.DisposeAsync();
            _hash.Dispose();
            File.Delete(partial);
        }
    }
}
