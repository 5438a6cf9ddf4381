namespace TorchSharp.Modules;

/// <summary>What an optimizer keeps of one parameter.</summary>
public abstract class OptimizerState
{
}
