namespace TorchSharp.Modules;

/// <summary>Batch normalisation of maps [N, C, H, W]: in training by the batch's own statistics, which it gathers for later.</summary>
public sealed class BatchNorm2d : torch.nn.Module<torch.Tensor, torch.Tensor>
{
    private readonly double eps;
    private readonly double momentum;

    internal BatchNorm2d(long features, double eps, double momentum, torch.Device? device)
    {
        (this.eps, this.momentum) = (eps, momentum);
        weight = new Parameter(torch.full([features], 1, device: device));
        weight.DetachFromDisposeScope();
        bias = new Parameter(torch.full([features], 0, device: device));
        bias.DetachFromDisposeScope();
        running_mean = torch.full([features], 0, device: device).DetachFromDisposeScope();
        running_var = torch.full([features], 1, device: device).DetachFromDisposeScope();
    }

    public Parameter? weight { get; }

    public Parameter? bias { get; }

    public torch.Tensor? running_mean { get; }

    public torch.Tensor? running_var { get; }

    public override torch.Tensor forward(torch.Tensor input) => torch.Tensor.Own(
        Native.st_batch_norm(input.Handle, weight!.Handle, bias!.Handle, running_mean!.Handle, running_var!.Handle, training, momentum, eps));

    protected override void Dispose(bool disposing)
    {
        weight?.Dispose();
        bias?.Dispose();
        running_mean?.Dispose();
        running_var?.Dispose();
    }
}
