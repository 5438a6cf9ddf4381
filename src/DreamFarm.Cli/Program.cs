using DreamFarm.Cli;

return await CommandRun.RunAsync(args);
