namespace DreamFarm.Dreaming;

/// <summary>A finished step.</summary>
/// <param name="Octave">The octave it belongs to.</param>
/// <param name="Step">0-based within the octave.</param>
/// <param name="Loss">The objective before the step, over the canvas's cells.</param>
/// <param name="Scale">What the gradient was divided by: the normaliser's measure of it over the whole canvas.</param>
/// <param name="Objective">What its octave is dreamt with; see <see cref="IOctaveObjectives"/>.</param>
public sealed record StepReport(Octave Octave, int Step, double Loss, double Scale, string Objective);
