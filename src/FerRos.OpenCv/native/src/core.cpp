#include <cstdlib>
#include <string>

#include <opencv2/core/utils/logger.hpp>

#include "shim.hpp"

namespace {

struct Error {
    int32_t code = 0;
    int32_t line = 0;
    std::string text;
    std::string function;
    std::string file;
};

thread_local Error last_error;

int be_silent(int, const char*, const char*, const char*, int, void*) { return 0; }

// OpenCV prints every exception to stderr before it throws it, and the failures of backends that it tries in turn.
// The caller reports errors; a node's console stays its own. OPENCV_LOG_LEVEL still raises the level.
[[maybe_unused]] const bool quiet = [] {
    cv::redirectError(be_silent);
    if (std::getenv("OPENCV_LOG_LEVEL") == nullptr)
        cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
    setenv("OPENCV_FFMPEG_LOGLEVEL", "-8", 0);  // AV_LOG_QUIET; read when the first video is opened
    return true;
}();

}  // namespace

namespace ferros {

int32_t keep(const cv::Exception& exception) noexcept
{
    try {
        last_error = {exception.code, exception.line, exception.err.empty() ? std::string(exception.what()) : exception.err,
                      exception.func, exception.file};
    } catch (...) {
        last_error.text.clear();
    }
    return FERROS_CV_ERROR;
}

int32_t keep(int32_t status, const char* text) noexcept
{
    try {
        last_error = {0, 0, text, {}, {}};
    } catch (...) {
        last_error.text.clear();
    }
    return status;
}

}  // namespace ferros

int32_t ferros_cv_abi(void) { return FERROS_CV_ABI; }

const char* ferros_cv_version(void) { return CV_VERSION; }

const char* ferros_cv_last_error(int32_t* code, int32_t* line, const char** function, const char** file)
{
    *code = last_error.code;
    *line = last_error.line;
    *function = last_error.function.c_str();
    *file = last_error.file.c_str();
    return last_error.text.c_str();
}

int32_t ferros_cv_set_num_threads(int32_t threads)
{
    return ferros::guard([&] { cv::setNumThreads(threads); });
}
