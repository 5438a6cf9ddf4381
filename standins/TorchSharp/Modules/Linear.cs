namespace TorchSharp.Modules;

/// <summary>A fully connected layer: weights [out, in].</summary>
public sealed class Linear : torch.nn.Module<torch.Tensor, torch.Tensor>
{
    internal Linear(long inputs, long outputs, bool hasBias, torch.Device? device)
    {
        double bound = 1 / Math.Sqrt(inputs);
        weight = Uniform([outputs, inputs], bound, device);
        if (hasBias)
            bias = Uniform([outputs], bound, device);
    }

    public Parameter? weight { get; }

    public Parameter? bias { get; }

    public override torch.Tensor forward(torch.Tensor input) => torch.Tensor.Own(Native.st_linear(input.Handle, weight!.Handle, bias?.Handle ?? 0));

    protected override void Dispose(bool disposing)
    {
        weight?.Dispose();
        bias?.Dispose();
    }
}
