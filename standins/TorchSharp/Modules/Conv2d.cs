namespace TorchSharp.Modules;

/// <summary>A 2-d convolution with weights of its own, [out, in / groups, rows, columns].</summary>
public sealed class Conv2d : torch.nn.Module<torch.Tensor, torch.Tensor>
{
    private readonly long[] strides;
    private readonly long[] padding;
    private readonly long[] dilation;
    private readonly long groups;

    internal Conv2d(long[] shape, long[] strides, long[] padding, long[] dilation, long groups, bool bias, torch.Device? device)
    {
        (this.strides, this.padding, this.dilation, this.groups) = (strides, padding, dilation, groups);
        double bound = 1 / Math.Sqrt(shape[1] * shape[2] * shape[3]);
        weight = Uniform(shape, bound, device);
        if (bias)
            this.bias = Uniform([shape[0]], bound, device);
    }

    public Parameter? weight { get; }

    public Parameter? bias { get; }

    public override torch.Tensor forward(torch.Tensor input) => torch.nn.functional.conv2d(input, weight!, bias, strides, padding, dilation, groups);

    protected override void Dispose(bool disposing)
    {
        weight?.Dispose();
        bias?.Dispose();
    }
}
