using DreamFarm.Motifs;

return await CommandRun.RunAsync(args);
