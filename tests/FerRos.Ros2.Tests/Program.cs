using FerRos.Ros2.Tests;

// Tests must not meet whatever else runs in this network.
if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable("ROS_AUTOMATIC_DISCOVERY_RANGE")))
    Environment.SetEnvironmentVariable("ROS_AUTOMATIC_DISCOVERY_RANGE", "LOCALHOST");

return args is [PeerProgram.Switch, ..]
    ? await PeerProgram.Run(args[1..])
    : await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
