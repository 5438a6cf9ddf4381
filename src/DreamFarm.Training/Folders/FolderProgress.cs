namespace DreamFarm.Training;

/// <summary>How far the pictures of a folder are read.</summary>
/// <param name="Done">Files that have been read, or left out.</param>
/// <param name="Count">All of them.</param>
public readonly record struct FolderProgress(int Done, int Count);
