namespace FerRos.OpenCv;

/// <summary>OpenCV refused an operation. The message is OpenCV's text with the function that raised it.</summary>
public sealed class OpenCVException : Exception
{
    /// <summary>Creates the exception.</summary>
    public OpenCVException()
    {
    }

    /// <summary>Creates the exception.</summary>
    public OpenCVException(string message)
        : base(message) => ErrMsg = message;

    /// <summary>Creates the exception.</summary>
    public OpenCVException(string message, Exception innerException)
        : base(message, innerException) => ErrMsg = message;

    /// <summary>Creates the exception from what OpenCV tells.</summary>
    /// <param name="status">OpenCV's error code, <c>cv::Error::Code</c>.</param>
    /// <param name="funcName">The function of OpenCV that raised it; may be empty.</param>
    /// <param name="errMsg">OpenCV's text.</param>
    /// <param name="fileName">Source file of OpenCV.</param>
    /// <param name="line">Line in it.</param>
    public OpenCVException(int status, string funcName, string errMsg, string fileName, int line)
        : base(funcName.Length > 0 ? $"OpenCV, {funcName}: {errMsg}" : $"OpenCV: {errMsg}")
    {
        Status = status;
        FuncName = funcName;
        ErrMsg = errMsg;
        FileName = fileName;
        Line = line;
    }

    /// <summary>OpenCV's error code, <c>cv::Error::Code</c>; 0 where the error is not OpenCV's own.</summary>
    public int Status { get; }

    /// <summary>The function of OpenCV that raised it; may be empty.</summary>
    public string FuncName { get; } = "";

    /// <summary>OpenCV's text.</summary>
    public string ErrMsg { get; } = "";

    /// <summary>Source file of OpenCV; may be empty.</summary>
    public string FileName { get; } = "";

    /// <summary>Line in <see cref="FileName"/>.</summary>
    public int Line { get; }
}

/// <summary>
/// OpenCV, or the library that binds it, is not on this machine. The message says what to install and what to run.
/// Raised by the first use of this project; catch <see cref="DllNotFoundException"/> or this.
/// </summary>
public sealed class OpenCvNotFoundException : DllNotFoundException
{
    /// <summary>Creates the exception.</summary>
    public OpenCvNotFoundException()
    {
    }

    /// <summary>Creates the exception.</summary>
    public OpenCvNotFoundException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    public OpenCvNotFoundException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>An encoded picture is larger than <see cref="Cv2.MaxImagePixels"/>; nothing was allocated for it.</summary>
public sealed class PictureTooLargeException : Exception
{
    /// <summary>Creates the exception.</summary>
    public PictureTooLargeException()
    {
    }

    /// <summary>Creates the exception.</summary>
    public PictureTooLargeException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    public PictureTooLargeException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
