using TorchSharp;

namespace DreamFarm.Engine;

/// <summary>What a forward pass leaves for the backward pass.</summary>
/// <param name="Root">What the gradient is asked for: the canvas [B, 3, h, w], or the first convolution's output where that has a way of its own to the canvas.</param>
/// <param name="Activations">[B, C, h/s, w/s] of the objective's layers in their order, with the graph that leads to them.</param>
internal readonly record struct ForwardPass(torch.Tensor Root, IReadOnlyList<torch.Tensor> Activations);
