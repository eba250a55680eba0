namespace FerRos.Ros2.Rcl.Interop;

/// <summary>Return codes of rcl and rmw (rcl/types.h, rmw/ret_types.h).</summary>
internal static class rcl_ret_t
{
    public const int OK = 0;
    public const int ERROR = 1;
    public const int TIMEOUT = 2;
    public const int UNSUPPORTED = 3;
    public const int BAD_ALLOC = 10;
    public const int INVALID_ARGUMENT = 11;
    public const int NOT_INIT = 101;
    public const int SUBSCRIPTION_TAKE_FAILED = 401;
    public const int CLIENT_TAKE_FAILED = 501;
    public const int SERVICE_TAKE_FAILED = 601;
    public const int EVENT_TAKE_FAILED = 2001;

    public static string Name(int code) => code switch
    {
        OK => "RCL_RET_OK",
        ERROR => "RCL_RET_ERROR",
        TIMEOUT => "RCL_RET_TIMEOUT",
        UNSUPPORTED => "RCL_RET_UNSUPPORTED",
        BAD_ALLOC => "RCL_RET_BAD_ALLOC",
        INVALID_ARGUMENT => "RCL_RET_INVALID_ARGUMENT",
        12 => "RMW_RET_INCORRECT_RMW_IMPLEMENTATION",
        100 => "RCL_RET_ALREADY_INIT",
        NOT_INIT => "RCL_RET_NOT_INIT",
        102 => "RCL_RET_MISMATCHED_RMW_ID",
        103 => "RCL_RET_TOPIC_NAME_INVALID",
        104 => "RCL_RET_SERVICE_NAME_INVALID",
        105 => "RCL_RET_UNKNOWN_SUBSTITUTION",
        106 => "RCL_RET_ALREADY_SHUTDOWN",
        107 => "RCL_RET_NOT_FOUND",
        200 => "RCL_RET_NODE_INVALID",
        201 => "RCL_RET_NODE_INVALID_NAME",
        202 => "RCL_RET_NODE_INVALID_NAMESPACE",
        203 => "RCL_RET_NODE_NAME_NON_EXISTENT",
        300 => "RCL_RET_PUBLISHER_INVALID",
        400 => "RCL_RET_SUBSCRIPTION_INVALID",
        SUBSCRIPTION_TAKE_FAILED => "RCL_RET_SUBSCRIPTION_TAKE_FAILED",
        500 => "RCL_RET_CLIENT_INVALID",
        CLIENT_TAKE_FAILED => "RCL_RET_CLIENT_TAKE_FAILED",
        600 => "RCL_RET_SERVICE_INVALID",
        SERVICE_TAKE_FAILED => "RCL_RET_SERVICE_TAKE_FAILED",
        900 => "RCL_RET_WAIT_SET_INVALID",
        901 => "RCL_RET_WAIT_SET_EMPTY",
        902 => "RCL_RET_WAIT_SET_FULL",
        2000 => "RCL_RET_EVENT_INVALID",
        EVENT_TAKE_FAILED => "RCL_RET_EVENT_TAKE_FAILED",
        _ => $"rcl_ret_t {code}",
    };
}
