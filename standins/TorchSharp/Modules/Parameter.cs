namespace TorchSharp.Modules;

/// <summary>A tensor that is learnt; it takes over another one's memory.</summary>
public class Parameter : torch.Tensor
{
    public Parameter(torch.Tensor data, bool requires_grad = true)
        : base(data.requires_grad_(requires_grad).MoveHandle())
    {
    }
}
